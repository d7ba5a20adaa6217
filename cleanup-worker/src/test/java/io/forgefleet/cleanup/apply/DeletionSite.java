package io.forgefleet.cleanup.apply;

import static io.forgefleet.cleanup.rule.Entries.NOW;
import static io.forgefleet.cleanup.rule.Entries.REPOSITORY;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.api.Pushes;
import io.forgefleet.cleanup.driver.api.RegistryDrivers;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.cleanup.plan.Judged;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.plan.Planner;
import io.forgefleet.cleanup.plan.Trash;
import io.forgefleet.cleanup.rule.Entries;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A registry, with something before it that can fail, a ledger, and the claims of a cleanup and of builds. */
final class DeletionSite implements AutoCloseable {

    private static final ClaimTiming TIMING =
            new ClaimTiming(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMillis(500));

    private final EmbeddedBroker broker;
    private final LocalRegistry server;
    final FrontDoor door;
    final KafkaSettings kafka;
    final Claims claims;
    final Claims builds;
    final LedgerTopic ledger;
    final RegistryDriver driver;

    DeletionSite(Path folder, RegistryProgram program) throws Exception {
        server = LocalRegistry.start(program, folder.resolve("registry"), 0);
        door = new FrontDoor(server.address());
        broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")));
        kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        claims = new Claims(kafka, TIMING);
        builds = new Claims(kafka, TIMING);
        ledger = new LedgerTopic(kafka);
        FleetConfig config = FleetConfig.parse(
                "registries: [{name: main, address: \"" + door.address() + "\", plainHttp: true}]", Map.of());
        driver = new RegistryDrivers(DockerCredentials.ofThisProcess(), Duration.ofSeconds(20))
                .of(config.registries().getFirst());
    }

    Repo repo(String path) {
        return new Repo(path);
    }

    @Override
    public void close() {
        claims.close();
        builds.close();
        ledger.close();
        broker.close();
        door.close();
        server.close();
    }

    /** One repository of it. */
    final class Repo {
        final String path;
        final String image;
        final Pushes pushes;
        final Map<String, Boolean> over = new HashMap<>();

        private Repo(String path) {
            this.path = path;
            this.image = door.address() + "/" + path;
            this.pushes = new Pushes(server.address(), path, "");
        }

        /** @param expired what the rules say of it */
        void enter(Digest digest, String name, boolean expired, String... tags) throws InterruptedException {
            LedgerEntry entry = new LedgerEntry(
                    digest,
                    Entries.run(path + name),
                    LedgerEntry.Kind.IMAGE,
                    image,
                    List.of(tags),
                    REPOSITORY,
                    Entries.commit(name),
                    2L,
                    TrustClass.BRANCH,
                    NOW,
                    null);
            over.put(entry.key(), expired);
            ledger.enter(entry);
        }

        Plan plan() throws Exception {
            return plan(Optional.empty());
        }

        /** @param trash day on which things go to the trash first */
        Plan plan(Optional<LocalDate> trash) throws Exception {
            ledger.catchUp();
            Map<Digest, List<Judged>> judged = new HashMap<>();
            ledger.of(image)
                    .forEach((digest, all) -> judged.put(
                            digest,
                            all.stream()
                                    .map(each -> new Judged(
                                            each,
                                            over.getOrDefault(each.entry().key(), false)
                                                    ? new Verdict.Expired("over", NOW)
                                                    : new Verdict.Kept("kept")))
                                    .toList()));
            Capabilities can = driver.capabilities(path);
            return new Planner(
                            image,
                            GraphReader.read(driver, can, path, judged.keySet()),
                            judged,
                            KeepPattern.NONE,
                            can,
                            trash.map(day -> Trash.of(day, can)).orElse(Trash.NONE))
                    .plan();
        }

        Report apply(Plan plan) throws Exception {
            return apply(plan, new ClaimMarks(claims));
        }

        Report apply(Plan plan, Marks marks) throws Exception {
            return new Deletions(
                            driver,
                            driver.capabilities(path),
                            path,
                            plan,
                            marks,
                            ledger,
                            (digest, tags, entries, reason) -> {})
                    .run();
        }

        boolean holds(String reference) throws Exception {
            return driver.reader().manifest(path, reference).isPresent();
        }
    }
}
