package io.forgefleet.runtime.config.document;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The forms of values that several mappings share. Each throws {@link IllegalArgumentException} for what does not fit. */
public final class Forms {

    public static final String NAME = "a name of up to 40 letters, digits, '.', '_' or '-'";
    public static final String URL = "an http or https address without user, password, query or fragment";

    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

    private Forms() {}

    public static String matching(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("does not match " + pattern);
        }
        return text;
    }

    public static String name(String text) {
        return matching(NAMES, text);
    }

    /** An address without a slash at its end. */
    public static URI url(String text) {
        try {
            URI url = new URI(text.replaceFirst("/+$", ""));
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (web
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
        throw new IllegalArgumentException(text);
    }

    public static <E extends Enum<E>> String oneOf(Class<E> words) {
        return "one of " + Stream.of(words.getEnumConstants()).map(Forms::word).collect(Collectors.joining(", "));
    }

    public static <E extends Enum<E>> E parseWord(Class<E> words, String text) {
        return Stream.of(words.getEnumConstants())
                .filter(each -> word(each).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
