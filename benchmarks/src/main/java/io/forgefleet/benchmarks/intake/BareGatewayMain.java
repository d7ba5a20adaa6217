package io.forgefleet.benchmarks.intake;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The least that a gateway on the same libraries could do: checks the signature, sends the bytes of an event that was made
 * once, and answers when they are durable. It reads no payload and knows no duplicates.
 *
 * <p>Arguments: Kafka's address, topic prefix, port, number of event loops.
 */
final class BareGatewayMain {

    private BareGatewayMain() {}

    public static void main(String[] arguments) throws Exception {
        KafkaSettings kafka = new KafkaSettings(arguments[0], Map.of(), arguments[1]);
        int port = Integer.parseInt(arguments[2]);
        Vertx vertx = Vertx.vertx();
        KafkaWriteStream<String, byte[]> producer =
                KafkaWriteStream.create(vertx, new KafkaProducer<String, byte[]>(kafka.producer()));
        ProducerRecord<String, byte[]> event = KafkaMessageFactory.createWriter(
                        kafka.topic(Topic.PUSH),
                        SignedPush.event("").repository().toString())
                .writeBinary(EventCodec.encode(SignedPush.event("bare")));
        vertx.deployVerticle(
                        () -> new BareGateway(port, producer, event),
                        new DeploymentOptions().setInstances(Integer.parseInt(arguments[3])))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    private static final class BareGateway extends AbstractVerticle {

        private final int port;
        private final KafkaWriteStream<String, byte[]> producer;
        private final ProducerRecord<String, byte[]> event;
        private final Mac mac = SignedPush.mac();

        BareGateway(int port, KafkaWriteStream<String, byte[]> producer, ProducerRecord<String, byte[]> event) {
            this.port = port;
            this.producer = producer;
            this.event = event;
        }

        @Override
        public void start(Promise<Void> started) {
            vertx.createHttpServer()
                    .requestHandler(request -> request.body().onSuccess(body -> take(request, body)))
                    .listen(port, "127.0.0.1")
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private void take(HttpServerRequest request, Buffer body) {
            String signature = String.valueOf(request.getHeader(SignedPush.SIGNATURE_HEADER));
            String right = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
            if (!MessageDigest.isEqual(
                    signature.getBytes(StandardCharsets.US_ASCII), right.getBytes(StandardCharsets.US_ASCII))) {
                request.response().setStatusCode(401).end();
                return;
            }
            producer.send(new ProducerRecord<>(event.topic(), null, event.key(), event.value(), event.headers()))
                    .onComplete(sent -> request.response()
                            .setStatusCode(sent.succeeded() ? 202 : 503)
                            .end("{\"eventId\":\"00000000000000000000000000000000\"}"));
        }
    }
}
