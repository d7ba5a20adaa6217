package io.forgefleet.gateway.api.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What every page has: one style sheet and one script within it, and a policy that lets nothing else in. */
public final class Page {

    private static final String STYLE = resource("page.css");
    private static final String SCRIPT = resource("page.js");

    /** Value of the {@code Content-Security-Policy} header that goes with each page. */
    public static final String POLICY = "default-src 'none'; style-src 'sha256-" + sha256(STYLE)
            + "'; script-src 'sha256-" + sha256(SCRIPT)
            + "'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String FRAME = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{}</title>
            <style>{}</style>
            </head>
            <body>
            <header><a class="brand" href="/runs">forgefleet</a></header>
            {}
            <script>{}</script>
            </body>
            </html>
            """;

    private Page() {}

    static String render(String title, Markup body) {
        return Markup.of(FRAME, title, Markup.trusted(STYLE), body, Markup.trusted(SCRIPT))
                .toString();
    }

    /** A page with a message and what to do; it looks again by itself, since what is not there may yet come. */
    public static String message(String title, String message, String advice) {
        return render(title, Markup.of("""
                        <meta http-equiv="refresh" content="5">
                        <main><h1>{}</h1><p>{}</p><p class="note">{}</p></main>
                        """, title, message, advice));
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + Page.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
