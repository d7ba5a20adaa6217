package io.forgefleet.runtime.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    @Test
    void extraPropertiesReachEveryClientButCannotWeakenIt() {
        KafkaSettings settings = new KafkaSettings(
                "kafka:9092",
                Map.of(
                        "security.protocol", "SASL_SSL",
                        "acks", "1",
                        "enable.idempotence", "false",
                        "enable.auto.commit", "true",
                        "max.poll.records", "500",
                        "linger.ms", "20",
                        "bootstrap.servers", "elsewhere:1"),
                "");

        assertThat(settings.producer())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "20")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("bootstrap.servers", "kafka:9092");
        assertThat(settings.consumer())
                .containsEntry("enable.auto.commit", false)
                .doesNotContainKey("group.id");
        assertThat(settings.shareConsumer("build")).containsEntry("max.poll.records", 1);
        assertThat(settings.admin()).containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void prefixStandsBeforeTopicsAndGroups() {
        KafkaSettings settings = new KafkaSettings("kafka:9092", Map.of(), "acme.");
        assertThat(settings.topic(Topic.PULL_REQUEST)).isEqualTo("acme.forge.pull-request");
        assertThat(settings.shareConsumer("build")).containsEntry("group.id", "acme.build");
        assertThat(settings.consumer("statuses")).containsEntry("group.id", "acme.statuses");
    }

    @Test
    void neverPrintsTheValuesOfExtraProperties() {
        var settings = new KafkaSettings("kafka:9092", Map.of("sasl.jaas.config", "password='hunter2'"), "");
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
    }

    @Test
    void refusesWhatKafkaWouldRefuseLater() {
        assertThatThrownBy(() -> new KafkaSettings("kafka:9092", Map.of(), "a/b"))
                .hasMessageContaining("topic prefix");
        assertThatThrownBy(() -> KafkaSettings.of(" ")).hasMessageContaining("host:port");
        assertThatThrownBy(() -> new TopicLayout(0, 1, java.util.List.of())).hasMessageContaining("partitions");
    }
}
