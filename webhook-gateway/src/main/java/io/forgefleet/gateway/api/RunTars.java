package io.forgefleet.gateway.api;

import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.answer.Relay;
import io.forgefleet.gateway.api.answer.Relay.RefusedException;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.download.DownloadRoute;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Images that are kept as files on the disks of workers, handed on as they come. */
public final class RunTars {

    /** Downloads at once from one worker; what comes beyond is refused. */
    private static final int MOST = 32;

    private static final Set<Integer> HANDED_ON = Set.of(200, 206, 416);
    private static final List<String> ASKED = List.of("Range", "If-Range");
    private static final List<String> ANSWERED =
            List.of("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Repr-Digest");

    private final Relay relay;
    private final InstantSource clock;

    /** @param token that workers want as this gateway does; null for none */
    public RunTars(Vertx vertx, @Nullable Secret token, InstantSource clock) {
        this.relay = new Relay(vertx, MOST, token);
        this.clock = clock;
    }

    /**
     * Sends an image of a run; ends when it is sent.
     *
     * @param image its name; null where the run has one only
     */
    void send(RunState run, @Nullable String image, RoutingContext caller) throws ApiException, InterruptedException {
        ImageTar tar = choose(run, image);
        if (!clock.instant().isBefore(tar.until())) {
            throw gone(tar, "it was kept until " + seconds(tar.until()));
        }
        HttpServerRequest request = caller.request();
        RequestOptions ask = new RequestOptions()
                .setMethod(request.method().equals(HttpMethod.HEAD) ? HttpMethod.HEAD : HttpMethod.GET)
                .setAbsoluteURI(tar.url().toString());
        for (String name : ASKED) {
            String value = request.getHeader(name);
            if (value != null) {
                ask.putHeader(name, value);
            }
        }
        try {
            relay.send(ask, null, caller, (answer, response) -> handOn(tar, answer, response));
        } catch (ExecutionException e) {
            throw failure(tar, Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static ImageTar choose(RunState run, @Nullable String image) throws ApiException {
        List<ImageTar> tars = run.tars();
        if (tars.isEmpty()) {
            throw ApiException.notFound(
                    "run " + run.run() + " kept no image as a tar",
                    "imageTar of the repository's rule in fleet.yml says when one is kept; images that were pushed can be pulled");
        }
        String names = tars.stream().map(ImageTar::image).collect(Collectors.joining(", "));
        if (image == null && tars.size() > 1) {
            throw ApiException.badRequest(
                    "run " + run.run() + " kept several images: " + names, "say which one: ?image=NAME");
        }
        return tars.stream()
                .filter(tar -> image == null || tar.image().equals(image))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound(
                        "run " + run.run() + " kept no image of that name, but: " + names,
                        "say which one: ?image=NAME"));
    }

    private static void handOn(ImageTar tar, HttpClientResponse answer, HttpServerResponse response)
            throws RefusedException {
        boolean ours = DownloadRoute.tag(tar.digest()).equals(answer.getHeader(HttpHeaders.ETAG));
        if (!HANDED_ON.contains(answer.statusCode()) || !ours) {
            throw new RefusedException(answer.statusCode());
        }
        response.setStatusCode(answer.statusCode())
                .putHeader("Content-Disposition", "attachment; filename=\"" + tar.image() + ".tar\"")
                .putHeader("Cache-Control", "private, no-cache");
        for (String name : ANSWERED) {
            String value = answer.getHeader(name);
            if (value != null) {
                response.putHeader(name, value);
            }
        }
    }

    private static ApiException failure(ImageTar tar, Throwable cause) {
        if (cause instanceof RefusedException refused && refused.status() == 404) {
            return gone(tar, "the worker has removed it before its time, to make room for newer ones");
        }
        if (cause instanceof RefusedException refused && refused.status() == 401) {
            return ApiException.badGateway(
                    "the worker at " + tar.worker() + " that has the file does not let this gateway in",
                    "give both the same api.token in fleet.yml");
        }
        if (cause instanceof ConnectionPoolTooBusyException) {
            return ApiException.unavailable(
                    MOST + " downloads from the worker at " + tar.worker() + " are going on",
                    "try again when some have ended");
        }
        return ApiException.badGateway(
                "the worker at " + tar.worker() + " that has the file does not give it: " + cause.getMessage(),
                "start it again, or ask for another build: ./fleet replay --rebuild. The file is kept until "
                        + seconds(tar.until())
                        + "; listen.advertised in the worker's fleet.yml says where the gateway reaches it");
    }

    private static ApiException gone(ImageTar tar, String why) {
        return ApiException.gone(
                "the tar of " + tar.image() + " is gone: " + why, "ask for the run again: ./fleet replay");
    }

    private static Instant seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }
}
