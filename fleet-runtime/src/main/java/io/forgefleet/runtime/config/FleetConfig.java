package io.forgefleet.runtime.config;

import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.runtime.config.document.Document;
import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Nearest;
import io.forgefleet.runtime.config.document.Section;
import io.forgefleet.runtime.config.release.ReleaseRule;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of {@code fleet.yml}. Immutable; prints no secret.
 *
 * @param publicUrl where people reach the management address from, for the links in statuses; null when that is the
 *     management address itself
 * @param signingKeys what releases are signed with; only a release worker needs what they refer to
 * @param chosenBuilders whether somebody has said which builders there are; without a word about them it is the engine of the
 *     environment, and whoever starts a fleet may add to it
 * @param workers the kinds of work that a build worker does: an operator may have processes for one of them alone
 * @param dataDirectory the service's own disk: git mirrors, tools, the embedded broker. What is lost there is made anew,
 *     the embedded broker's folder aside
 */
public record FleetConfig(
        KafkaConfig kafka,
        ListenConfig listen,
        ApiConfig api,
        @Nullable URI publicUrl,
        Path dataDirectory,
        List<ForgeConfig> forges,
        List<RegistryConfig> registries,
        List<RepositoryRule> repositories,
        List<SigningKeyConfig> signingKeys,
        List<BuilderConfig> builders,
        boolean chosenBuilders,
        Set<WorkerKind> workers,
        TemplateConfig templates,
        ToolsConfig tools,
        RetentionConfig retention,
        ImageTarConfig imageTars,
        Intervals intervals) {

    /**
     * Who may call the management address.
     *
     * @param token what calls of the management address must bring; null when only this machine reaches it
     */
    public record ApiConfig(@Nullable Secret token) {

        static ApiConfig read(Section section) {
            return new ApiConfig(Secret.read(section, "token"));
        }
    }

    /**
     * The tools that workers run.
     *
     * @param sbom name of what lists the contents of images and files: syft or cdxgen
     * @param scanner name of the vulnerability scanner: osv-scanner, trivy or grype
     * @param scannerDatabase its offline database; null for its own way to get one
     * @param scannerDatabaseMaxAge an older database is no database
     * @param paths where a tool is, by its name, before {@code PATH} is looked at
     */
    public record ToolsConfig(
            String sbom,
            String scanner,
            @Nullable Path scannerDatabase,
            Duration scannerDatabaseMaxAge,
            Map<String, String> paths) {

        private static final Pattern SBOM_TOOLS = Pattern.compile("syft|cdxgen");
        private static final Pattern SCANNERS = Pattern.compile("osv-scanner|trivy|grype");

        public ToolsConfig {
            paths = Map.copyOf(paths);
        }

        private static String sbomTool(String name) {
            return Forms.matching(SBOM_TOOLS, name);
        }

        private static String scanner(String name) {
            return Forms.matching(SCANNERS, name);
        }

        static ToolsConfig read(Section section) {
            return new ToolsConfig(
                    section.parsed("sbom", "one of syft, cdxgen", ToolsConfig::sbomTool, "syft"),
                    section.parsed("scanner", "one of osv-scanner, trivy, grype", ToolsConfig::scanner, "osv-scanner"),
                    section.optional("scannerDatabase", "a path", Path::of).orElse(null),
                    section.duration("scannerDatabaseMaxAge", Duration.ofDays(2)),
                    section.map("paths"));
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FleetConfig.class);
    private static final String VARIABLES = "FLEET";
    private static final List<WorkerKind> WORKERS = List.of(WorkerKind.BUILD, WorkerKind.TEMPLATE);
    private static final String WORKERS_FORM = "one of build, template";

    public FleetConfig {
        forges = List.copyOf(forges);
        registries = List.copyOf(registries);
        repositories = List.copyOf(repositories);
        signingKeys = List.copyOf(signingKeys);
        builders = List.copyOf(builders);
        workers = Set.copyOf(workers);
    }

    /**
     * Reads the file, the environment over it.
     *
     * @param fleetYml relative paths in it start from its folder
     * @throws ConfigException with every error at once
     */
    public static FleetConfig load(Path fleetYml, Map<String, String> environment) throws ConfigException {
        String yaml;
        try {
            yaml = Files.readString(fleetYml);
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    fleetYml.toString(), List.of("/: there is no such file; fleet.example.yml shows what it holds"));
        } catch (CharacterCodingException e) {
            throw new ConfigException(fleetYml.toString(), List.of("/: a text in UTF-8 was expected"));
        } catch (IOException e) {
            throw new ConfigException(fleetYml.toString(), List.of("/: could not be read: " + e));
        }
        return read(fleetYml.toString(), yaml, fleetYml.toAbsolutePath().resolveSibling(""), environment);
    }

    /** As {@link #load}, from a text; relative paths start from the working directory. */
    public static FleetConfig parse(String yaml, Map<String, String> environment) throws ConfigException {
        return read("the configuration", yaml, Path.of("").toAbsolutePath(), environment);
    }

    private static FleetConfig read(String source, String yaml, Path folder, Map<String, String> environment)
            throws ConfigException {
        Document document = Document.of(yaml, environment, folder, VARIABLES);
        FleetConfig config = document.read(section -> read(section, environment));
        if (!document.errors().isEmpty()) {
            throw new ConfigException(source, document.errors());
        }
        for (String misspelt : document.unusedVariables()) {
            LOG.warn("environment variable {} names no value of the configuration and is not used", misspelt);
        }
        return config;
    }

    private static FleetConfig read(Section section, Map<String, String> environment) {
        List<RegistryConfig> registries = section.mappings("registries", RegistryConfig::read);
        String onlyRegistry = registries.size() == 1 ? registries.getFirst().name() : "";
        List<BuilderConfig> builders = section.has("builders")
                ? section.mappings("builders", BuilderConfig::read)
                : List.of(BuilderConfig.ofEnvironment(environment));
        FleetConfig config = new FleetConfig(
                section.mapping("kafka", KafkaConfig::read),
                section.mapping("listen", ListenConfig::read),
                section.mapping("api", ApiConfig::read),
                section.optional("publicUrl", Forms.URL, Forms::url).orElse(null),
                section.parsed("dataDirectory", "a path", Path::of, dataDirectory(environment)),
                section.mappings("forges", ForgeConfig::read),
                registries,
                section.mappings("repositories", rule -> RepositoryRule.read(rule, onlyRegistry)),
                section.mapping("signing", signing -> signing.mappings("keys", SigningKeyConfig::read)),
                builders,
                section.has("builders"),
                Set.copyOf(section.elements("workers", WORKERS_FORM, FleetConfig::worker, WORKERS)),
                section.mapping("templates", templates -> TemplateConfig.read(templates, builders)),
                section.mapping("tools", ToolsConfig::read),
                section.mapping("retention", RetentionConfig::read),
                section.mapping("imageTars", ImageTarConfig::read),
                section.mapping("intervals", Intervals::read));
        config.check(section);
        return config;
    }

    private static WorkerKind worker(String name) {
        return WORKERS.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    /** What one value says about another. */
    private void check(Section section) {
        List<String> forgeNames = forges.stream().map(ForgeConfig::name).toList();
        List<String> registryNames =
                registries.stream().map(RegistryConfig::name).toList();
        if (workers.isEmpty()) {
            section.error("workers", "a list with " + WORKERS_FORM + ", or both, was expected");
        }
        unique(section, "forges", forgeNames);
        unique(section, "registries", registryNames);
        unique(
                section,
                "signing/keys",
                signingKeys.stream().map(SigningKeyConfig::name).toList());
        unique(section, "builders", builders.stream().map(BuilderConfig::name).toList());
        for (int i = 0; i < repositories.size(); i++) {
            RepositoryRule rule = repositories.get(i);
            if (!rule.forge().equals("*") && !forgeNames.contains(rule.forge())) {
                section.error(
                        "repositories/" + i + "/match",
                        "no forge is called '" + rule.forge() + "'; " + Nearest.hint(rule.forge(), forgeNames));
            }
            requireRegistry(section, "repositories/" + i + "/images", rule.images(), registryNames);
            checkKeys(section, "repositories/" + i + "/release/keys", rule.release());
            for (int j = 0; j < rule.copyTo().size(); j++) {
                String at = "repositories/" + i + "/copyTo/" + j;
                requireRegistry(section, at, rule.copyTo().get(j), registryNames);
                if (rule.copyTo().get(j).equals(rule.images())) {
                    section.error(at, "'" + rule.images() + "' gets the images already");
                }
            }
        }
        if (!listen.management().isLoopback() && api.token() == null) {
            section.error(
                    "api/token",
                    "a token was expected, since listen.management " + listen.management()
                            + " is not loopback: write \"${env:NAME}\" or \"${file:/path}\"");
        }
    }

    private void checkKeys(Section section, String at, @Nullable ReleaseRule release) {
        List<String> known = signingKeys.stream().map(SigningKeyConfig::name).toList();
        for (String name : release == null ? List.<String>of() : release.keys()) {
            if (!known.contains(name)) {
                section.error(at, "no key of signing.keys is called '" + name + "'; " + Nearest.hint(name, known));
            }
        }
    }

    private static void requireRegistry(Section section, String at, String name, List<String> known) {
        if (!known.contains(name)) {
            section.error(at, "no registry is called '" + name + "'; " + Nearest.hint(name, known));
        }
    }

    private static void unique(Section section, String key, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!seen.add(names.get(i))) {
                section.error(key + "/" + i + "/name", "'" + names.get(i) + "' is used twice");
            }
        }
    }

    private static Path dataDirectory(Map<String, String> environment) {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/forgefleet");
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        return (Path.of(data).isAbsolute() ? Path.of(data) : Path.of(home, ".local", "share")).resolve("forgefleet");
    }

    /** The same fleet with a broker that somebody has started; what else is said about Kafka holds. */
    public FleetConfig withBroker(String bootstrap) {
        return with(
                new KafkaConfig(
                        bootstrap,
                        kafka.properties(),
                        kafka.topicPrefix(),
                        kafka.partitions(),
                        kafka.replication(),
                        kafka.embedded()),
                builders);
    }

    /** The same fleet with one more builder. */
    public FleetConfig withBuilder(BuilderConfig more) {
        List<BuilderConfig> all = new ArrayList<>(builders);
        all.add(more);
        return with(kafka, all);
    }

    private FleetConfig with(KafkaConfig otherKafka, List<BuilderConfig> otherBuilders) {
        return new FleetConfig(
                otherKafka,
                listen,
                api,
                publicUrl,
                dataDirectory,
                forges,
                registries,
                repositories,
                signingKeys,
                otherBuilders,
                chosenBuilders,
                workers,
                templates,
                tools,
                retention,
                imageTars,
                intervals);
    }

    public Optional<ForgeConfig> forge(String name) {
        return forges.stream().filter(forge -> forge.name().equals(name)).findFirst();
    }

    public Optional<RegistryConfig> registry(String name) {
        return registries.stream()
                .filter(registry -> registry.name().equals(name))
                .findFirst();
    }

    /** Whether anything is released or signed, so that there has to be a release worker. */
    public boolean releases() {
        return repositories.stream().anyMatch(rule -> rule.release() != null);
    }

    /** The first rule that matches; empty where the repository is of no interest or nothing is said about it. */
    public Optional<RepositoryRule> ruleFor(RepositoryId repository) {
        return repositories.stream().filter(rule -> rule.matches(repository)).findFirst();
    }

    /** Whether events of the repository are wanted: its forge is configured and covers it. */
    public boolean covers(RepositoryId repository) {
        return forge(repository.forge())
                .filter(forge -> forge.covers(repository))
                .isPresent();
    }

    /**
     * Base of the links to run pages, without a slash at the end.
     *
     * @param managementPort the port in use, which differs from the configured one when that is 0
     */
    public URI publicUrl(int managementPort) {
        if (publicUrl != null) {
            return publicUrl;
        }
        ListenConfig.Address address = listen.management().isWildcard()
                ? new ListenConfig.Address("localhost", managementPort)
                : listen.management().withPort(managementPort);
        return URI.create("http://" + address);
    }
}
