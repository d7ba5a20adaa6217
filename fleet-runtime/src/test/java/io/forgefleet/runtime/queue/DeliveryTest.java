package io.forgefleet.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.runtime.claim.RecordRef;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeliveryTest {

    @Test
    void aRecordInPlaceOfAnotherIsThatOneForClaimsAndCountsOn() {
        Delivery worn = Delivery.of(handedOut("forge.tag", 7, 3));
        assertThat(worn.isWorn()).isTrue();
        Delivery second = Delivery.of(handedOut("fleet.jobs", 1, 3, worn.inPlace()));
        Delivery third = Delivery.of(handedOut("fleet.jobs", 2, 1, second.inPlace()));
        assertThat(third.ref()).isEqualTo(new RecordRef("forge.tag", 0, 7));
        assertThat(third.count()).isEqualTo(7);
        assertThat(third.isWorn()).isFalse();
    }

    private static ConsumerRecord<String, byte[]> handedOut(String topic, long offset, int times, Header... headers) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                "key",
                new byte[0],
                new RecordHeaders(headers),
                Optional.empty(),
                Optional.of((short) times));
    }
}
