package io.forgefleet.runtime.download;

import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.service.ManagementServer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Files at the management address, whole or one range of them ({@code Range}, {@code If-Range}), each with its digest as
 * {@code ETag} and as {@code Repr-Digest} (RFC 9530). They are named by their digest, so that what an address gives never changes.
 */
public final class DownloadRoute {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final String ALGORITHM = "sha256:";

    private final Function<Digest, Optional<Download>> files;

    private DownloadRoute(Function<Digest, Optional<Download>> files) {
        this.files = files;
    }

    /**
     * Adds the route.
     *
     * @param path that stands before the digest, without a slash at its end
     * @param files what there is; asked on an event loop, so it has to answer at once
     */
    public static void add(ManagementServer server, String path, Function<Digest, Optional<Download>> files) {
        server.router()
                .route(path + "/:digest")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(new DownloadRoute(files)::answer);
    }

    /** As {@code ETag} has it. */
    public static String tag(Digest digest) {
        return "\"" + digest + "\"";
    }

    private void answer(RoutingContext context) {
        String hex = context.pathParam("digest");
        Optional<Download> found =
                HEX.matcher(hex).matches() ? files.apply(new Digest(ALGORITHM + hex)) : Optional.empty();
        if (found.isEmpty()) {
            refuse(context);
            return;
        }
        Download file = found.get();
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, file.mediaType())
                .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .putHeader(HttpHeaders.ETAG, tag(file.digest()))
                .putHeader("Repr-Digest", representation(file.digest()));
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(file.bytes()))
                    .end();
            return;
        }
        Optional<ByteRange> range =
                wantsWhole(request, file) ? Optional.empty() : ByteRange.of(request.getHeader("Range"), file.bytes());
        range.ifPresent(part -> response.setStatusCode(part.bytes() == 0 ? 416 : 206)
                .putHeader(HttpHeaders.CONTENT_RANGE, part.of(file.bytes())));
        ByteRange part = range.orElse(new ByteRange(0, file.bytes()));
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(part.bytes()));
        if (part.bytes() == 0) {
            response.end();
            return;
        }
        response.sendFile(file.file().toString(), part.first(), part.bytes()).onFailure(gone -> {
            if (response.headWritten()) {
                response.reset();
            } else {
                response.headers().clear();
                refuse(context);
            }
        });
    }

    /** A range of what the caller has no part of would be of no use to it. */
    private static boolean wantsWhole(HttpServerRequest request, Download file) {
        String of = request.getHeader("If-Range");
        return of != null && !of.equals(tag(file.digest()));
    }

    private static String representation(Digest digest) {
        byte[] bytes = HexFormat.of().parseHex(digest.value().substring(ALGORITHM.length()));
        return "sha-256=:" + Base64.getEncoder().encodeToString(bytes) + ":";
    }

    private static void refuse(RoutingContext context) {
        context.response()
                .setStatusCode(404)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(new JsonObject()
                        .put("error", "there is no such file here, or not any more")
                        .encode());
    }
}
