package io.forgefleet.clients.engine;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.PushImageCmd;
import com.github.dockerjava.api.model.PushResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the engine says while it pushes. Used by one thread at a time. */
final class PushProgress extends ResultCallback.Adapter<PushResponseItem> {

    /** The engine's last line: {@code main: digest: sha256:… size: 922}. */
    private static final Pattern DIGEST = Pattern.compile("digest: (sha256:[0-9a-f]{64})");

    private final Consumer<String> progress;

    /** Last status of each layer: the engine repeats itself for each few kilobytes. */
    private final Map<String, String> statuses = new HashMap<>();

    private volatile @Nullable String error;
    private volatile @Nullable Digest digest;

    private PushProgress(Consumer<String> progress) {
        this.progress = progress;
    }

    static Digest of(String tried, PushImageCmd command, Duration timeout, Consumer<String> progress)
            throws ClientException, InterruptedException {
        try (PushProgress push = new PushProgress(progress)) {
            boolean ended = command.exec(push).awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS);
            String error = push.error;
            Digest digest = push.digest;
            if (error != null) {
                throw new ClientException(EngineTrouble.kind(error), "could not " + tried + ": " + error);
            }
            if (!ended) {
                throw new ClientException(
                        Kind.UNAVAILABLE, "could not " + tried + " within " + timeout.toSeconds() + " s");
            }
            if (digest == null) {
                throw new ClientException(
                        Kind.UNAVAILABLE, "could not " + tried + ": the engine ended without naming a digest");
            }
            return digest;
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw EngineTrouble.failure(tried, e);
        }
    }

    @Override
    public void onNext(PushResponseItem item) {
        ResponseItem.ErrorDetail detail = item.getErrorDetail();
        if (detail != null && detail.getMessage() != null) {
            error = detail.getMessage();
            return;
        }
        String status = item.getStatus();
        if (status == null) {
            return;
        }
        Matcher matcher = DIGEST.matcher(status);
        if (matcher.find()) {
            digest = new Digest(matcher.group(1));
        }
        String id = item.getId() == null ? "" : item.getId();
        if (id.isEmpty() || !status.equals(statuses.put(id, status))) {
            progress.accept(id.isEmpty() ? status : id + ": " + status);
        }
    }
}
