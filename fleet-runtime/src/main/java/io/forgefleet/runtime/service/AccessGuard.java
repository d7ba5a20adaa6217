package io.forgefleet.runtime.service;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ListenConfig.Address;
import io.forgefleet.runtime.config.Secret;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call the management address.
 *
 * <p>On loopback nobody but this machine reaches it, save through a browser here that was lured: a name that was rebound
 * to 127.0.0.1 is told by its {@code Host}, a page of another site that posts by its {@code Origin}. Where a token is
 * configured, everything but health wants it: as {@code Bearer}, or as the password of {@code Basic}, which browsers ask
 * people for.
 */
final class AccessGuard {

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private final boolean loopback;
    private final @Nullable Secret token;
    private final @Nullable String publicHost;

    private AccessGuard(boolean loopback, @Nullable Secret token, @Nullable String publicHost) {
        this.loopback = loopback;
        this.token = token;
        this.publicHost = publicHost;
    }

    static AccessGuard of(FleetConfig config) {
        boolean loopback = config.listen().management().isLoopback();
        Secret token = config.api().token();
        if (!loopback && token == null) {
            throw new IllegalArgumentException("a management address that others reach needs api.token");
        }
        URI publicUrl = config.publicUrl();
        return new AccessGuard(loopback, token, publicUrl == null ? null : publicUrl.getHost());
    }

    /** Refuses with 403 whoever was lured here. */
    void admitCaller(RoutingContext context) {
        HttpServerRequest request = context.request();
        HostAndPort host = request.authority();
        if (loopback && (host == null || !isOurs(host.host()))) {
            refuse(context, 403, "this address is called by a name that is not its own");
            return;
        }
        String origin = request.getHeader("Origin");
        if (!READING.contains(request.method()) && origin != null && !isSame(origin, host)) {
            refuse(context, 403, "this address takes no requests from pages of other sites");
            return;
        }
        context.response().putHeader("X-Content-Type-Options", "nosniff");
        context.next();
    }

    /** Refuses with 401 who does not bring the token, where there is one. */
    void requireToken(RoutingContext context) {
        if (token == null || token.equals(presented(context.request().getHeader("Authorization")))) {
            context.next();
            return;
        }
        context.response().putHeader("WWW-Authenticate", "Basic realm=\"forgefleet\", charset=\"UTF-8\"");
        refuse(context, 401, "the token of the API is needed");
    }

    private static @Nullable Secret presented(@Nullable String authorization) {
        if (authorization == null) {
            return null;
        }
        String value = "";
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            value = authorization.substring(BEARER.length()).strip();
        } else if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            value = password(authorization.substring(BASIC.length()).strip());
        }
        return value.isEmpty() ? null : Secret.of(value);
    }

    private static String password(String base64) {
        try {
            String userAndPassword = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            return userAndPassword.substring(userAndPassword.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private boolean isOurs(String host) {
        String name = host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        return new Address(name, 0).isLoopback() || name.equalsIgnoreCase(publicHost);
    }

    private static boolean isSame(String origin, @Nullable HostAndPort host) {
        int scheme = origin.indexOf("://");
        return host != null && scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host.toString());
    }

    private static void refuse(RoutingContext context, int status, String message) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("error", message).encode());
    }
}
