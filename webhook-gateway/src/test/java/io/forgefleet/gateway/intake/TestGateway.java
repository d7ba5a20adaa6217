package io.forgefleet.gateway.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.payload.Fixture;
import io.forgefleet.gateway.signature.WebhookSecret;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.runtime.topic.TopicsException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A gateway with an endpoint for each forge kind, on a real Kafka, and a forge that signs. */
final class TestGateway implements AutoCloseable {

    static final String SECRET = "secret";

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final int port;
    final HttpClient http = HttpClient.newHttpClient();
    private final KafkaSettings kafka;
    private @Nullable EmbeddedBroker broker;
    private final Vertx vertx = Vertx.vertx();
    private final EventPublisher publisher;

    TestGateway(KafkaSettings kafka, IntakeLimits limits, AcceptedEvents known) {
        this.kafka = kafka;
        this.publisher = new EventPublisher(vertx, kafka, known, limits);
        List<ForgeEndpoint> endpoints = Stream.of(ForgeKind.values())
                .map(kind -> new ForgeEndpoint(
                        kind.word(),
                        kind,
                        List.of(
                                WebhookSecret.ofForge(SECRET),
                                new WebhookSecret(
                                        "of another repository", id -> id.path().equals("other/one"))),
                        repository -> !repository.path().equals("octo/unwanted"),
                        InstantSource.system()))
                .toList();
        Router router = Router.router(vertx);
        new WebhookHandler(vertx, endpoints, publisher, ApprovedHead.UNKNOWN, limits, meters).mount(router);
        HttpServer server =
                await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
        this.port = server.actualPort();
    }

    /** A gateway with a broker of its own, which ends with it. */
    static TestGateway withBroker(Path folder) throws TopicsException, InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(folder));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        TestGateway gateway = new TestGateway(kafka, IntakeLimits.DEFAULT, AcceptedEvents.NONE);
        gateway.broker = broker;
        return gateway;
    }

    /** Another gateway on the same Kafka. */
    TestGateway another(IntakeLimits limits, AcceptedEvents known) {
        return new TestGateway(kafka, limits, known);
    }

    Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30));
    }

    /** The delivery of a fixture, signed as its forge does. */
    HttpRequest.Builder delivery(Fixture fixture, ForgeKind kind, String json) {
        return signed(kind, json, SECRET)
                .headers(fixture.headers().entries().stream()
                        .filter(header -> header.getKey()
                                .toLowerCase(Locale.ROOT)
                                .matches("x-.*(event|event-type|delivery)|idempotency-key"))
                        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                        .toArray(String[]::new));
    }

    HttpRequest.Builder delivery(String name) {
        Fixture fixture = Fixture.read(name);
        return delivery(fixture, ForgeKind.parse(name.substring(0, name.indexOf('/'))), fixture.json());
    }

    HttpRequest.Builder signed(ForgeKind kind, String json, String secret) {
        String hex = hmac(secret, json);
        HttpRequest.Builder request = request("/webhooks/" + kind.word())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return switch (kind) {
            case GITHUB -> request.header("X-Hub-Signature-256", "sha256=" + hex);
            case GITEA -> request.header("X-Gitea-Signature", hex);
            case FORGEJO -> request.header("X-Forgejo-Signature", hex);
            case GITLAB -> request.header("X-Gitlab-Token", secret);
        };
    }

    /** A push to a repository, signed by GitHub, as a delivery of its own. */
    HttpRequest.Builder push(String repository) {
        return fromGithub(pushPayload(repository));
    }

    HttpRequest.Builder fromGithub(String json) {
        return signed(ForgeKind.GITHUB, json, SECRET)
                .header("X-GitHub-Event", "push")
                .header("X-GitHub-Delivery", UUID.randomUUID().toString());
    }

    static String pushPayload(String repository) {
        return Fixture.read("github/push-branch-updated").json().replace("octo/hello", repository);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String form(String json) {
        return "first=%26x&payload=" + URLEncoder.encode(json, UTF_8) + "&last=1";
    }

    static String hmac(String secret, String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(content.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All records of a topic up to now. */
    List<ConsumerRecord<String, byte[]>> records(Topic topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(kafka.consumer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(topic)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            var ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    List<CloudEvent> events(Topic topic) {
        return records(topic).stream()
                .map(record -> KafkaMessageFactory.createReader(record).toEvent())
                .toList();
    }

    /** Where a published event differs from the schema that it names. */
    static List<String> violations(ForgeEvent event, CloudEvent published) throws IOException {
        String resource = "/io/forgefleet/events/wire/schema/" + EventCodec.kind(event) + ".json";
        JsonNode schema = Json.mapper().readTree(EventCodec.class.getResourceAsStream(resource));
        assertThat(published.getDataSchema()).hasToString(schema.get("$id").asText());
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema)
                .validate(Json.mapper().readTree(published.getData().toBytes()))
                .stream()
                .map(Object::toString)
                .toList();
    }

    double count(ForgeKind kind, Outcome outcome) {
        return meters.counter("forgefleet.deliveries", "forge", kind.word(), "outcome", outcome.word())
                .count();
    }

    double held() {
        return meters.get("forgefleet.deliveries.held").gauge().value();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        await(publisher.close());
        await(vertx.close());
        if (broker != null) {
            broker.close();
        }
    }
}
