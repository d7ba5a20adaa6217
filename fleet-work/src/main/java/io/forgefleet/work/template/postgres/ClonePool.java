package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clones of one template that are ready before they are asked for. Thread-safe. */
final class ClonePool {

    private static final Logger LOG = LoggerFactory.getLogger(ClonePool.class);
    private static final Duration MEMORY = Duration.ofMinutes(10);
    private static final Duration BURST = Duration.ofSeconds(5);

    private final Clones clones;
    private final String key;
    private final Deque<Clone> ready = new ArrayDeque<>();
    private final Demand demand;
    private boolean filling;
    private boolean closed;

    /** @param most that are ready at once */
    ClonePool(Clones clones, String key, int most) {
        this.clones = clones;
        this.key = key;
        this.demand = new Demand(MEMORY, BURST, most);
    }

    /** One of those that are ready, at once; empty when none is. Others are made meanwhile. */
    synchronized Optional<Clone> take() {
        demand.asked(System.nanoTime());
        return Optional.ofNullable(ready.pollFirst());
    }

    /** So that it learns of one that was made for somebody. */
    synchronized void asked() {
        demand.asked(System.nanoTime());
    }

    /** Makes what is wanted and not there, on a thread of its own. */
    synchronized void fill() {
        if (!filling && !closed && missing()) {
            filling = true;
            var unused = Thread.ofVirtual().name("clones").start(this::make);
        }
    }

    private boolean missing() {
        return ready.size() < demand.wanted(System.nanoTime());
    }

    private void make() {
        try {
            while (isMissing()) {
                Optional<Clone> made = clones.make(key);
                if (made.isEmpty()) {
                    return;
                }
                add(made.get());
            }
        } catch (ClientException e) {
            LOG.info("no clone is made ahead: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            filled();
        }
    }

    private synchronized boolean isMissing() {
        return !closed && missing();
    }

    private void add(Clone clone) throws ClientException, InterruptedException {
        if (!kept(clone)) {
            var unused = clones.drop(DatabaseName.parse(clone.name()).orElseThrow());
        }
    }

    private synchronized boolean kept(Clone clone) {
        if (!closed) {
            ready.addLast(clone);
        }
        return !closed;
    }

    synchronized boolean has(String database) {
        return ready.stream().anyMatch(clone -> clone.name().equals(database));
    }

    /** Takes out what nobody wants any more. */
    synchronized List<Clone> spare() {
        List<Clone> spare = new ArrayList<>();
        int wanted = closed ? 0 : demand.wanted(System.nanoTime());
        while (ready.size() > wanted) {
            spare.add(ready.removeLast());
        }
        return spare;
    }

    /** Makes no more, and wants none; returns once the one that is being made is away again. */
    synchronized void close() throws InterruptedException {
        closed = true;
        while (filling) {
            wait();
        }
    }

    private synchronized void filled() {
        filling = false;
        notifyAll();
    }
}
