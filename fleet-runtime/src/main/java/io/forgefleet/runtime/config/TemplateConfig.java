package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How template databases are made.
 *
 * @param slots how many at once, from 1; who waits for another one's has a slot for a few seconds
 * @param engine endpoint of the Docker engine that commands run on
 * @param cpus that a command may keep busy
 * @param memory in bytes, of a command
 * @param timeout of a command; what a repository declares counts only where it is shorter
 * @param databaseBytes that a command may leave
 * @param cacheBytes of finished databases on this machine's disk
 * @param postgres servers for databases of PostgreSQL
 */
public record TemplateConfig(
        int slots,
        URI engine,
        int cpus,
        long memory,
        Duration timeout,
        long databaseBytes,
        long cacheBytes,
        PostgresConfig postgres) {

    private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,5}[kmg]");
    private static final String EXPECTED = "a size such as 512m or 4g";
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final long GIB = 1L << 30;

    /** @param builders the first engine of them is the one where none is named */
    static TemplateConfig read(Section section, List<BuilderConfig> builders) {
        URI engine = builders.stream()
                .filter(builder -> builder.kind() == BuilderConfig.Kind.ENGINE)
                .findFirst()
                .map(BuilderConfig::endpoint)
                .orElse(URI.create(BuilderConfig.DEFAULT_ENGINE));
        return new TemplateConfig(
                section.number("slots", 2, 1, 200),
                section.parsed("engine", BuilderConfig.ENDPOINT_FORM, BuilderConfig::endpoint, engine),
                section.number("cpus", 2, 1, 1024),
                section.parsed("memory", EXPECTED, TemplateConfig::bytes, 2 * GIB),
                section.duration("timeout", TIMEOUT),
                section.parsed("databaseBytes", EXPECTED, TemplateConfig::bytes, 4 * GIB),
                section.parsed("cacheBytes", EXPECTED, TemplateConfig::bytes, 4 * GIB),
                section.mapping("postgres", PostgresConfig::read));
    }

    private static long bytes(String text) {
        String size = Forms.matching(SIZE, text.toLowerCase(Locale.ROOT));
        long number = Long.parseLong(size.substring(0, size.length() - 1));
        return switch (size.charAt(size.length() - 1)) {
            case 'k' -> number << 10;
            case 'm' -> number << 20;
            default -> number << 30;
        };
    }
}
