package io.forgefleet.runtime.service;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ListenConfig;
import io.forgefleet.runtime.config.ListenConfig.Address;
import io.forgefleet.runtime.metrics.FleetMeters;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.runtime.topic.TopicsException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running process of the fleet: its configuration, readiness, meters, event loops, management address, and what has to
 * be done to stop it. Several workers may share one. Thread-safe.
 */
public final class Service {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private static final Duration TOPICS_TRY = Duration.ofSeconds(10);

    private final String name;
    private final FleetConfig config;
    private final Readiness readiness = new Readiness();
    private final FleetMeters meters;
    private final Vertx vertx;
    private final ManagementServer management;
    private final OrderedStop stops = new OrderedStop();
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Service(String name, FleetConfig config, Vertx vertx) throws IOException, InterruptedException {
        this.name = name;
        this.config = config;
        this.vertx = vertx;
        this.meters = new FleetMeters(name);
        this.management = ManagementServer.start(vertx, config, readiness, meters);
        readiness.add("service", () -> stopping.get() ? "is stopping" : "");
        onStop(StopStage.CLOSE, "event loops", left -> vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .get(left.toMillis(), TimeUnit.MILLISECONDS));
        onStop(StopStage.CLOSE, "management address", left -> management
                .close()
                .toCompletionStage()
                .toCompletableFuture()
                .get(left.toMillis(), TimeUnit.MILLISECONDS));
    }

    /**
     * Starts a process that does nothing yet but answer at its management address.
     *
     * @param name of the service, for people and meters
     * @throws IOException when the management address cannot be bound
     */
    public static Service start(String name, FleetConfig config) throws IOException, InterruptedException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            return new Service(name, config, vertx);
        } catch (IOException | InterruptedException | RuntimeException e) {
            vertx.close();
            throw e;
        }
    }

    public String name() {
        return name;
    }

    public FleetConfig config() {
        return config;
    }

    public Readiness readiness() {
        return readiness;
    }

    public FleetMeters meters() {
        return meters;
    }

    public Vertx vertx() {
        return vertx;
    }

    public ManagementServer management() {
        return management;
    }

    /** Base of the links to run pages, without a slash at the end. */
    public URI publicUrl() {
        return config.publicUrl(management.port());
    }

    /** Base at which the fleet's other services reach the management address, without a slash at the end. */
    public URI advertisedUrl() {
        ListenConfig listen = config.listen();
        if (listen.advertised() != null) {
            return listen.advertised();
        }
        Address bound = listen.management().withPort(management.port());
        return URI.create("http://" + (bound.isWildcard() ? new Address(ProcessName.host(), bound.port()) : bound));
    }

    /**
     * Adds something to be done when the process stops.
     *
     * @param what for people
     */
    public void onStop(StopStage stage, String what, StopAction action) {
        stops.add(stage, what, action);
    }

    /**
     * Waits until Kafka is there with the topics and the share groups, however long that takes, and says in the
     * readiness what it waits for.
     */
    public KafkaSettings awaitKafka(ShareGroup... groups) throws InterruptedException {
        KafkaSettings kafka = config.kafka().settings();
        Readiness.Part part = readiness.add("topics", "waiting for Kafka at " + kafka.bootstrap());
        for (String told = ""; ; ) {
            try {
                Topics.ensure(kafka, config.kafka().layout(groups), TOPICS_TRY);
                part.ready();
                return kafka;
            } catch (TopicsException e) {
                String message = String.valueOf(e.getMessage());
                part.missing(message);
                if (!message.equals(told)) {
                    LOG.warn("{}; trying again", message);
                    told = message;
                }
                Thread.sleep(Duration.ofSeconds(1));
            }
        }
    }

    /**
     * Stops in order: not ready, no intake, drain, close. A second call does nothing.
     *
     * @return false when something failed or did not end in time
     */
    public boolean stop() throws InterruptedException {
        if (!stopping.compareAndSet(false, true)) {
            return true;
        }
        LOG.info("{} is stopping", name);
        boolean clean =
                stops.run(config.intervals().drain().plus(config.intervals().closing()));
        LOG.info("{} has stopped{}", name, clean ? "" : ", not cleanly");
        return clean;
    }
}
