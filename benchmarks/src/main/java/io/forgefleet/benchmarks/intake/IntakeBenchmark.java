package io.forgefleet.benchmarks.intake;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.benchmarks.service.FleetFile;
import io.forgefleet.benchmarks.service.Program;
import io.forgefleet.benchmarks.service.RunningService;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * P1: signed push webhooks of 8 KB per second that are durable, beside {@code webhook}, which keeps nothing, and a bare
 * handler on the same libraries. This process is the load; broker and receivers are processes of their own.
 */
public final class IntakeBenchmark implements Benchmark {

    private static final double LEAST_OF_WEBHOOK = 2.5;
    private static final double LEAST_OF_BARE = 0.9;
    private static final double MOST_P99_MILLIS = 25;

    /** Under this load the gateway's JVM compiles for about a minute on two cores. */
    private static final int WARM_UP_SECONDS = 60;

    /** The others have less to compile, or nothing. */
    private static final int WARM_UP_SECONDS_OF_PEERS = 15;

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();
    private static final String BARE_PREFIX = "bare.";

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        try (BrokerProcess kafka = bench.startBroker()) {
            KafkaSettings ours = KafkaSettings.of(kafka.bootstrap());
            KafkaSettings bare = new KafkaSettings(kafka.bootstrap(), Map.of(), BARE_PREFIX);
            Topics.ensure(ours, TopicLayout.oneBroker());
            Topics.ensure(bare, TopicLayout.oneBroker());
            FleetFile fleet = new FleetFile(
                    kafka.bootstrap(),
                    "github",
                    SignedPush.FORGE,
                    URI.create("http://127.0.0.1:1"),
                    "127.0.0.1:1",
                    FleetFile.ENGINE,
                    1);
            int barePort = FreePort.find();
            Deque<AutoCloseable> peers = new ArrayDeque<>();
            try (RunningService gateway = RunningService.start(
                    bench,
                    Program.GATEWAY,
                    "gateway",
                    fleet,
                    List.of(),
                    FleetFile.secrets(SignedPush.SECRET, "none"))) {
                peers.push(startBare(bench, bare, barePort));
                List<Receiver> webhooks = startWebhooks(bench, peers);
                return measure(
                        bench,
                        ours,
                        new Receiver("gateway", gateway.webhookPort(), "/webhooks/" + SignedPush.FORGE),
                        new Receiver("bare Vert.x", barePort, "/"),
                        webhooks);
            } finally {
                for (AutoCloseable peer : peers) {
                    peer.close();
                }
            }
        }
    }

    /** The first is the peer; empty where the program is not there. */
    private static List<Receiver> startWebhooks(Bench bench, Deque<AutoCloseable> peers)
            throws IOException, InterruptedException {
        List<Receiver> receivers = new ArrayList<>();
        if (WebhookProgram.isAvailable()) {
            for (WebhookProgram.Hook hook : WebhookProgram.Hook.values()) {
                WebhookProgram webhook = WebhookProgram.start(bench, hook);
                peers.push(webhook);
                receivers.add(webhook.receiver());
            }
        }
        return receivers;
    }

    private static List<Figure> measure(
            Bench bench, KafkaSettings kafka, Receiver gateway, Receiver bare, List<Receiver> webhooks)
            throws Exception {
        List<Receiver> receivers = new ArrayList<>(List.of(gateway, bare));
        receivers.addAll(webhooks);
        Map<Receiver, Load.Result> warmUp = new HashMap<>();
        for (Receiver receiver : receivers) {
            int seconds = receiver.equals(gateway) ? WARM_UP_SECONDS : WARM_UP_SECONDS_OF_PEERS;
            warmUp.put(receiver, closedLoop(bench, receiver, bench.size(seconds, 2)));
        }
        Map<Receiver, List<Load.Result>> windows = new HashMap<>();
        for (int round = 0; round < bench.size(3, 1); round++) {
            for (Receiver receiver : receivers) {
                windows.computeIfAbsent(receiver, any -> new ArrayList<>())
                        .add(closedLoop(bench, receiver, bench.size(10, 3)));
            }
        }
        double rate = perSecond(windows, gateway);
        Load.Result half = openLoop(bench, gateway, rate / 2, bench.size(30, 3));
        long accepted = Stream.of(List.of(warmUp.get(gateway), half), windows.get(gateway))
                .flatMap(List::stream)
                .mapToLong(Load.Result::accepted)
                .sum();

        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.beside("gateway: signed 8 KB pushes, durable", Table.text("%,.0f/s", rate)));
        if (webhooks.isEmpty()) {
            figures.add(Figure.skipped("webhook", WebhookProgram.HOW_TO_GET));
        } else {
            Receiver peer = webhooks.getFirst();
            figures.addAll(ratio(rate, peer.name(), perSecond(windows, peer), LEAST_OF_WEBHOOK));
            webhooks.stream()
                    .skip(1)
                    .map(other -> Figure.beside(other.name(), Table.text("%,.0f/s", perSecond(windows, other))))
                    .forEach(figures::add);
        }
        figures.addAll(ratio(rate, "bare Vert.x", perSecond(windows, bare), LEAST_OF_BARE));
        figures.addAll(atHalfLoad(half, rate / 2));
        long records = records(kafka);
        figures.add(Figure.of(
                "gateway: records on Kafka, of so many accepted",
                Table.text("%,d of %,d", records, accepted),
                "all",
                records == accepted));
        return figures;
    }

    private static List<Figure> ratio(double rate, String peer, double peersRate, double least) {
        return List.of(
                Figure.beside(peer, Table.text("%,.0f/s", peersRate)),
                Figure.of(
                        "gateway ÷ " + peer,
                        Table.text("%.2f ×", rate / peersRate),
                        Table.text("≥ %.1f ×", least),
                        rate / peersRate >= least));
    }

    private static List<Figure> atHalfLoad(Load.Result half, double rate) {
        Samples millis = half.millis();
        double p99 = millis.percentile(99);
        return List.of(
                Figure.of(
                        Table.text("gateway at half load, %,.0f/s: p99", rate),
                        Table.text("%.1f ms", p99),
                        "≤ 25 ms",
                        p99 <= MOST_P99_MILLIS),
                Figure.beside(
                        "… p50 · p99.9 · most",
                        Table.text("%.1f · %.1f · %.1f ms", millis.median(), millis.percentile(99.9), millis.most())));
    }

    private static Load.Result closedLoop(Bench bench, Receiver receiver, int seconds) throws IOException {
        try (Load load = new Load(receiver)) {
            Load.Result result = load.closedLoop(Duration.ofSeconds(seconds));
            bench.say(Table.text("%s: %,.0f/s", receiver.name(), result.perSecond()));
            return accepted(receiver, result);
        }
    }

    private static Load.Result openLoop(Bench bench, Receiver receiver, double perSecond, int seconds)
            throws IOException {
        bench.say(Table.text("%s at %,.0f/s", receiver.name(), perSecond));
        try (Load load = new Load(receiver)) {
            return accepted(receiver, load.openLoop(perSecond, Duration.ofSeconds(seconds)));
        }
    }

    private static Load.Result accepted(Receiver receiver, Load.Result result) {
        if (result.others() > 0) {
            throw new IllegalStateException(receiver.name() + " did not accept " + result.others() + " of "
                    + (result.accepted() + result.others()) + " requests");
        }
        return result;
    }

    private static double perSecond(Map<Receiver, List<Load.Result>> windows, Receiver receiver) {
        return Samples.of(windows.getOrDefault(receiver, List.of()).stream()
                        .map(Load.Result::perSecond)
                        .toList())
                .median();
    }

    /** How many push events are on Kafka. */
    private static long records(KafkaSettings kafka) throws InterruptedException, ExecutionException {
        String topic = kafka.topic(Topic.PUSH);
        try (Admin admin = Admin.create(kafka.admin())) {
            Map<TopicPartition, OffsetSpec> ends =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                            .flatMap(description -> description.partitions().stream())
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topic, partition.partition()),
                                    partition -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    private static ManagedProcess startBare(Bench bench, KafkaSettings kafka, int port) throws InterruptedException {
        ManagedProcess process = bench.startJava(
                "bare",
                BareGatewayMain.class,
                List.of(kafka.bootstrap(), kafka.topicPrefix(), Integer.toString(port), Integer.toString(EVENT_LOOPS)));
        process.awaitReady(() -> WebhookProgram.listens(port), READY_WITHIN);
        return process;
    }
}
