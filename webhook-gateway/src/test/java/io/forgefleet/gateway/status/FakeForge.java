package io.forgefleet.gateway.status;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.CommitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A forge that remembers what was posted and fails as it is told. */
final class FakeForge implements StatusClient {

    interface Fault {
        void before(CommitStatus status) throws ClientException, InterruptedException;
    }

    private final List<CommitStatus> posted = new ArrayList<>();
    private volatile Fault fault = status -> {};

    void fail(Fault newFault) {
        fault = newFault;
    }

    /** Each post waits here until the latch opens. */
    void hold(CountDownLatch latch) {
        fault = status -> latch.await();
    }

    @Override
    public void post(CommitStatus status) throws ClientException, InterruptedException {
        fault.before(status);
        synchronized (posted) {
            posted.add(status);
        }
    }

    List<CommitStatus> posted() {
        synchronized (posted) {
            return List.copyOf(posted);
        }
    }

    List<String> descriptions() {
        return posted().stream().map(CommitStatus::description).toList();
    }
}
