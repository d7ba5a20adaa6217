package io.forgefleet.clients.engine.container;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Makes lines of what a container prints on two streams. Used by one thread at a time. */
final class ContainerLines extends ResultCallback.Adapter<Frame> implements Containers.Following {

    private static final int LONGEST = 4096;

    private final Consumer<String> lines;
    private final Map<StreamType, ByteArrayOutputStream> begun = new EnumMap<>(StreamType.class);

    ContainerLines(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void onNext(Frame frame) {
        ByteArrayOutputStream line = begun.computeIfAbsent(frame.getStreamType(), type -> new ByteArrayOutputStream());
        for (byte each : frame.getPayload()) {
            if (each == '\n' || line.size() >= LONGEST) {
                end(line);
            }
            if (each != '\n' && each != '\r') {
                line.write(each);
            }
        }
    }

    @Override
    public synchronized void onComplete() {
        begun.values().stream().filter(line -> line.size() > 0).forEach(this::end);
        super.onComplete();
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
        return awaitCompletion(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end(ByteArrayOutputStream line) {
        lines.accept(line.toString(StandardCharsets.UTF_8));
        line.reset();
    }
}
