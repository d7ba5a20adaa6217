package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The slots of one worker kind in this process. */
public final class JobQueue {

    private final DeliveryHandler handler;
    private final List<Slot> slots = new ArrayList<>();
    private final Beacon beacon;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts taking records.
     *
     * @param group the share group of the worker kind, as it was made by {@code Topics.ensure}
     * @param slots how many records are worked on at once, from 1
     */
    public JobQueue(
            KafkaSettings kafka,
            ShareGroup group,
            Collection<Topic> topics,
            int slots,
            Gate gate,
            DeliveryHandler handler) {
        this.handler = handler;
        if (topics.contains(Beacon.TOPIC)) {
            throw new IllegalArgumentException(Beacon.TOPIC + " has no work for share groups");
        }
        beacon = new Beacon(kafka, group);
        threads.add(Thread.ofPlatform().name(group.name() + "-beacon").daemon().start(beacon));
        List<String> names = topics.stream().map(kafka::topic).toList();
        for (int i = 0; i < slots; i++) {
            Slot slot = new Slot(kafka.shareConsumer(group.name()), names, group, gate, handler);
            this.slots.add(slot);
            threads.add(Thread.ofPlatform()
                    .name(group.name() + "-slot-" + i)
                    .daemon()
                    .start(slot));
        }
    }

    /** How many slots are working now. */
    public int busy() {
        return (int) slots.stream().filter(Slot::isBusy).count();
    }

    /**
     * Takes no further records and waits until those in hand are done; what is not done within the drain time is ended
     * and handed back.
     *
     * @param drain how long jobs may go on
     * @param afterwards how long ending them may take
     */
    public void stop(Duration drain, Duration afterwards) throws InterruptedException {
        slots.forEach(Slot::stop);
        beacon.stop();
        if (!join(drain)) {
            handler.preempt();
            join(afterwards);
        }
    }

    private boolean join(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean all = true;
        for (Thread thread : threads) {
            all &= thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return all;
    }
}
