package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL for template databases.
 *
 * @param images what a server runs in beside a command, by version as repositories declare it
 * @param servers where template databases are kept, ready to be cloned
 * @param cloneAge after which a clone is removed that nobody has given back
 * @param clones most clones at once on one server, those that are kept ready included
 * @param spareClones most that are kept ready of one template; 0 for none
 */
public record PostgresConfig(
        Map<String, String> images, List<Server> servers, Duration cloneAge, int clones, int spareClones) {

    /**
     * A server that the fleet may make databases and roles on.
     *
     * @param name lower-case letters, digits, inner dashes; unique
     * @param version that it has to have, such as 17 or 16.4; null for whichever it has
     * @param address as the fleet reaches it
     * @param advertised host and port as those reach it who clone
     * @param user a superuser
     * @param extensions that the fleet may make there although PostgreSQL does not call them trusted
     */
    public record Server(
            String name,
            @Nullable String version,
            Address address,
            Address advertised,
            String user,
            @Nullable Secret password,
            List<String> extensions) {

        private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

        public Server {
            extensions = List.copyOf(extensions);
        }

        private static Server read(Section section) {
            Address address = section.requiredParsed("url", Address.EXPECTED, Address::parse, Address.NONE);
            return new Server(
                    section.requiredParsed(
                            "name",
                            "a name of up to 40 lower-case letters, digits and inner dashes",
                            text -> Forms.matching(NAME, text),
                            "unnamed"),
                    section.optional("version", VERSION_EXPECTED, text -> Forms.matching(VERSION, text))
                            .orElse(null),
                    address,
                    section.parsed("advertised", Address.EXPECTED, Address::parse, address),
                    section.text("user"),
                    Secret.read(section, "password"),
                    section.elements(
                            "extensions", "names of extensions", text -> Forms.matching(EXTENSION, text), List.of()));
        }
    }

    /**
     * Where a server is.
     *
     * @param database that the fleet connects to for its own work
     * @param sslmode as libpq has it
     */
    public record Address(String host, int port, String database, String sslmode) {

        static final String EXPECTED = "an address such as postgresql://db.example:5432/postgres, without user and"
                + " password; ?sslmode=verify-full where it is far away";
        static final Address NONE = new Address("invalid", 5432, "postgres", "prefer");

        private static final Pattern FORM = Pattern.compile("postgres(?:ql)?://([A-Za-z0-9][A-Za-z0-9.-]{0,252})"
                + "(?::([0-9]{1,5}))?(?:/([A-Za-z0-9_-]{1,63}))?/?"
                + "(?:\\?sslmode=(disable|prefer|require|verify-ca|verify-full))?");

        static Address parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException(text);
            }
            return new Address(
                    form.group(1),
                    Integer.parseInt(Objects.requireNonNullElse(form.group(2), "5432")),
                    Objects.requireNonNullElse(form.group(3), "postgres"),
                    Objects.requireNonNullElse(form.group(4), "prefer"));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]?(\\.[0-9]{1,3})?");
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final String VERSION_EXPECTED = "the server's version in quotes such as \"17\" or \"16.4\"";

    public PostgresConfig {
        images = Map.copyOf(images);
        servers = List.copyOf(servers);
    }

    static PostgresConfig read(Section section) {
        Map<String, String> images = section.map("images");
        for (String version : images.keySet()) {
            if (!VERSION.matcher(version).matches()) {
                section.error("images/" + version, VERSION_EXPECTED + " was expected as its key");
            }
        }
        List<Server> servers = section.mappings("servers", Server::read);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < servers.size(); i++) {
            if (!names.add(servers.get(i).name())) {
                section.error("servers/" + i + "/name", "'" + servers.get(i).name() + "' is used twice");
            }
        }
        return new PostgresConfig(
                images,
                servers,
                section.duration("cloneAge", Duration.ofHours(2)),
                section.number("clones", 100, 1, 10_000),
                section.number("spareClones", 8, 0, 100));
    }

    /** Whether a server of a version is one of what was declared: of 16 each 16.x, of 16.4 that one. */
    public static boolean fits(String declared, String actual) {
        return actual.equals(declared) || (!declared.contains(".") && actual.startsWith(declared + "."));
    }
}
