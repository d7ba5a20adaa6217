package io.forgefleet.local.prune;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.local.cli.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A fleet that does not come to the end of its answer. */
class BrokenAnswerTest {

    private static final int PATIENCE = 20;

    @FunctionalInterface
    private interface Fleet {
        void answer(HttpExchange exchange, OutputStream body) throws Exception;
    }

    private static HttpServer serve(Fleet fleet) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/prune", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                fleet.answer(exchange, body);
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        server.start();
        return server;
    }

    private static void say(OutputStream body, String line) throws IOException {
        body.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    private static Shell prune(HttpServer server) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return Shell.fleet(Map.of("FLEET_SERVER", url), "prune");
    }

    @Test
    void anAnswerWithoutItsEndIsAFailure() throws Exception {
        HttpServer server = serve((exchange, body) -> say(body, "{\"now\":\"2026-01-01T00:00:00Z\"}"));
        try {
            Shell shell = prune(server);
            assertThat(shell.exit()).isEqualTo(1);
            assertThat(shell.err()).contains("broke off after 0").contains("ask again");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void ctrlCEndsTheCommandAndTheConnectionSoThatTheWorkerStops() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        HttpServer server = serve((exchange, body) -> {
            try {
                for (int i = 0; i < 1000 && gone.getCount() > 0; i++) {
                    say(body, "{\"at\":\"here/team/app\"}");
                    begun.countDown();
                    Thread.sleep(20);
                }
            } catch (IOException e) {
                gone.countDown();
            }
        });
        try {
            FutureTask<Shell> command = new FutureTask<>(() -> prune(server));
            Thread thread = Thread.ofPlatform().start(command);
            assertThat(begun.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
            thread.interrupt();
            Shell shell = command.get(PATIENCE, TimeUnit.SECONDS);
            assertThat(shell.exit()).isEqualTo(130);
            assertThat(shell.err()).isEmpty();
            assertThat(gone.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.stop(0);
        }
    }
}
