package io.forgefleet.local.doctor;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** The cluster, where one is configured. */
final class KafkaChecks {

    private static final String WHAT = "Kafka";
    private static final long SECONDS = 5;

    private final Consumer<Finding> tell;

    KafkaChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        if (config.kafka().isEmbedded()) {
            tell.accept(Finding.ok(
                    WHAT,
                    "./fleet up runs a broker of its own, in "
                            + config.dataDirectory().resolve("kafka")));
            return;
        }
        KafkaSettings kafka = config.kafka().settings();
        String advice = "check kafka.bootstrap and kafka.properties in fleet.yml, and that the brokers advertise"
                + " addresses that this host reaches";
        try {
            Admin admin = Admin.create(kafka.admin());
            try {
                int brokers = admin.describeCluster()
                        .nodes()
                        .get(SECONDS, TimeUnit.SECONDS)
                        .size();
                int wanted = config.kafka().replication();
                String found = brokers + (brokers == 1 ? " broker" : " brokers") + " at " + kafka.bootstrap();
                tell.accept(
                        brokers < wanted
                                ? Finding.fail(
                                        WHAT,
                                        found + ", but kafka.replication is " + wanted,
                                        "start more brokers, or set kafka.replication to " + brokers)
                                : Finding.ok(WHAT, found));
            } finally {
                admin.close(Duration.ZERO);
            }
        } catch (ExecutionException e) {
            tell.accept(Finding.fail(WHAT, "asking " + kafka.bootstrap() + " failed: " + e.getCause(), advice));
        } catch (TimeoutException | KafkaException e) {
            String why = e.getMessage() == null ? "no answer within " + SECONDS + " s" : e.getMessage();
            tell.accept(Finding.fail(WHAT, "asking " + kafka.bootstrap() + " failed: " + why, advice));
        }
    }
}
