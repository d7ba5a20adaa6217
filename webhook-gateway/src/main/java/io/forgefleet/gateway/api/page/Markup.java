package io.forgefleet.gateway.api.page;

import java.util.Collection;
import java.util.regex.Pattern;

/**
 * Finished HTML. There are two ways to get some: a template written in this program, whose {@code {}} take values, and
 * joining what is finished. Every value that is not Markup itself is escaped, so that texts from elsewhere stay texts.
 */
final class Markup {

    static final Markup NONE = new Markup("");

    /** Terminal sequences, other controls, and what turns the direction of text or hides in it. */
    private static final Pattern SEQUENCES =
            Pattern.compile("\\x1b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\\x07\\x1b]*(\\x07|\\x1b\\\\)?|.)");

    private static final Pattern HIDDEN =
            Pattern.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]");

    private final String html;

    private Markup(String html) {
        this.html = html;
    }

    /** Fills a template, which is written in this program, with values, which may come from anywhere. */
    static Markup of(String template, Object... values) {
        StringBuilder out = new StringBuilder(template.length() + values.length * 16);
        int from = 0;
        for (Object value : values) {
            int at = template.indexOf("{}", from);
            if (at < 0) {
                throw new IllegalArgumentException("more values than places in " + template);
            }
            out.append(template, from, at).append(value instanceof Markup markup ? markup.html : escaped(value));
            from = at + 2;
        }
        if (template.indexOf("{}", from) >= 0) {
            throw new IllegalArgumentException("more places than values in " + template);
        }
        return new Markup(out.append(template, from, template.length()).toString());
    }

    static Markup join(Collection<Markup> parts) {
        StringBuilder out = new StringBuilder();
        parts.forEach(part -> out.append(part.html));
        return new Markup(out.toString());
    }

    /** A style sheet or script of this program, unchanged. */
    static Markup trusted(String source) {
        return new Markup(source);
    }

    private static String escaped(Object value) {
        String text = SEQUENCES.matcher(value.toString()).replaceAll("");
        text = HIDDEN.matcher(text).replaceAll("\ufffd");
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return html;
    }
}
