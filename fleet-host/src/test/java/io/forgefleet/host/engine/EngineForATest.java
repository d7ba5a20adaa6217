package io.forgefleet.host.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process with an engine, to be killed. */
final class EngineForATest {

    private EngineForATest() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        LocalEngine engine = LocalEngine.start(Path.of(arguments[0]), List.of());
        System.out.println(engine.endpoint());
        new CountDownLatch(1).await();
    }
}
