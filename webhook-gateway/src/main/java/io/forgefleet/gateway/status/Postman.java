package io.forgefleet.gateway.status;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.CommitStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the statuses of one forge out of the {@link Outbox} and posts them, a few at once, on virtual threads. What may
 * pass (the forge is away, limits its rate) is tried until the forge has it; what the forge refuses (no such commit, a
 * revoked token) a few times only, so that it cannot wait for ever.
 */
final class Postman implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Postman.class);
    private static final int AT_ONCE = 4;

    private final String forge;
    private final StatusClient client;
    private final Outbox outbox;
    private final PostTiming timing;
    private final Counter accepted;
    private final Counter given;
    private final List<Thread> threads = new ArrayList<>();

    /** What has been told of this forge since it last took a status. */
    private final Set<ClientException.Kind> told = new HashSet<>();

    Postman(String forge, StatusClient client, Outbox outbox, PostTiming timing, MeterRegistry registry) {
        this.forge = forge;
        this.client = client;
        this.outbox = outbox;
        this.timing = timing;
        this.accepted = posts(registry, forge, "accepted");
        this.given = posts(registry, forge, "dropped");
        Gauge.builder("fleet.statuses.waiting", outbox, box -> box.waiting(forge))
                .description("statuses that a forge does not have yet")
                .tag("forge", forge)
                .register(registry);
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().name("post-" + forge + "-" + i).start(this::run));
        }
    }

    private static Counter posts(MeterRegistry registry, String forge, String result) {
        return Counter.builder("fleet.status.posts")
                .description("statuses taken by a forge, or given up")
                .tag("forge", forge)
                .tag("result", result)
                .register(registry);
    }

    private void run() {
        try {
            while (true) {
                deliver(outbox.take(forge));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(Outbox.Letter letter) throws InterruptedException {
        boolean settled = false;
        try {
            post(letter.status());
            outbox.settled(letter);
            settled = true;
            accepted.increment();
            recovered();
        } catch (ClientException e) {
            settled = true;
            refused(letter, e);
        } finally {
            if (!settled) {
                outbox.failed(letter, true, Duration.ZERO, timing);
            }
        }
    }

    /** Posts within the time that a post may take, whatever the client does. */
    private void post(CommitStatus status) throws ClientException, InterruptedException {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            client.post(status);
            return true;
        });
        Thread.ofVirtual().name("post-" + forge).start(task);
        try {
            task.get(timing.post().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ClientException(
                    ClientException.Kind.UNAVAILABLE,
                    "could not post a status to " + forge + ": no answer within " + timing.post(),
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException failure
                    ? failure
                    : new ClientException(
                            ClientException.Kind.REFUSED,
                            "could not post a status to " + forge + ": " + e.getCause(),
                            e.getCause());
        } finally {
            task.cancel(true);
        }
    }

    private void refused(Outbox.Letter letter, ClientException failure) {
        if (failure.retryable()) {
            tell(failure.kind(), "statuses of {} wait: {}", failure);
            outbox.failed(letter, true, failure.retryAfter().orElse(Duration.ZERO), timing);
        } else if (letter.refusals() + 1 < timing.refusals()) {
            outbox.failed(letter, false, failure.retryAfter().orElse(Duration.ZERO), timing);
        } else {
            tell(failure.kind(), "statuses of {} are given up as long as it refuses them: {}", failure);
            LOG.debug("given up: {}", letter.status());
            given.increment();
            outbox.settled(letter);
        }
    }

    private synchronized void tell(ClientException.Kind kind, String text, ClientException failure) {
        if (told.add(kind)) {
            LOG.warn(text, forge, Objects.requireNonNullElse(failure.getMessage(), kind.name()));
        }
    }

    private synchronized void recovered() {
        if (!told.isEmpty()) {
            told.clear();
            LOG.info("{} takes statuses again", forge);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
