package io.forgefleet.work.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SideTaskTest {

    @Test
    void endsWorkThatNobodyWaitsForAnyMore() {
        SideTask<String> task = new SideTask<>(() -> {
            new CountDownLatch(1).await();
            return "never";
        });
        assertThat(task.end()).isEmpty();
    }

    @Test
    void givesWhatWasFinishedInSpiteOfItsEndSoThatItCanBeTidiedUp() {
        SideTask<String> task = new SideTask<>(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                return "made nevertheless";
            }
            return "never";
        });
        assertThat(task.end()).contains("made nevertheless");
    }

    @Test
    void letsFailuresThroughAsTheyAre() {
        ClientException failure = new ClientException(ClientException.Kind.UNAVAILABLE, "away");
        SideTask<String> task = new SideTask<>(() -> {
            throw failure;
        });
        assertThatThrownBy(task::await).isSameAs(failure);
    }
}
