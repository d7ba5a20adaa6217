package io.forgefleet.clients.git;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a repository is fetched from.
 *
 * @param url of scheme http, https or file, without credentials in it
 * @param user for HTTP basic authentication ({@code x-access-token} on GitHub, {@code oauth2} on GitLab, any on Gitea);
 *     unused without a token
 * @param token null for anonymous access
 */
public record GitRemote(String url, String user, @Nullable String token) {

    private static final Set<String> SCHEMES = Set.of("http", "https", "file");

    public GitRemote {
        URI uri = URI.create(url);
        String scheme = uri.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("clone URL must be http, https or file");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("clone URL must not hold credentials; configure a token instead");
        }
    }

    public static GitRemote anonymous(String url) {
        return new GitRemote(url, "", null);
    }

    boolean isFile() {
        return url.toLowerCase(Locale.ROOT).startsWith("file:");
    }

    /** The forge itself, {@code https://host:port/}: what the token may be sent to. */
    String origin() {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getRawAuthority() + "/";
    }

    /** Value of the Authorization header, null for anonymous access. */
    @Nullable
    String authorization() {
        return token == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8));
    }

    /** Without the token. */
    @Override
    public String toString() {
        return url;
    }
}
