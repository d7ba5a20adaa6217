package io.forgefleet.benchmarks.queue;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.work.RunTiming;
import io.forgefleet.runtime.work.WorkerService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;

/**
 * A worker process of a made-up kind with the fleet's default intervals. Its runs sleep and do nothing else.
 *
 * <p>Arguments: Kafka's address, topic prefix, the worker's name, slots, how many milliseconds a run sleeps.
 */
final class TrialWorkerMain {

    private static final Duration DRAIN = Duration.ofSeconds(1);

    private TrialWorkerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        KafkaSettings kafka = new KafkaSettings(arguments[0], Map.of(), arguments[1]);
        long millis = Long.parseLong(arguments[4]);
        WorkerService service = new WorkerService(
                kafka,
                TrialQueue.declaration(run -> {
                    run.begin(TrialQueue.STEP);
                    if (millis > 0 && !run.subject().repository().name().startsWith(TrialQueue.QUICK)) {
                        Thread.sleep(millis);
                    }
                    return Outcome.of(Outcome.Reason.SUCCEEDED, "slept");
                }),
                arguments[2],
                Integer.parseInt(arguments[3]),
                TrialQueue.GROUP,
                ClaimTiming.DEFAULT,
                RunTiming.DEFAULT,
                new SimpleMeterRegistry());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service), "stop"));
        Thread.currentThread().join();
    }

    private static void stop(WorkerService service) {
        try {
            service.stop(DRAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
