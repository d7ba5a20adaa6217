package io.forgefleet.events;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over names with slashes: {@code *} stands for any characters but a slash, {@code **} for any at all, {@code ?}
 * for one that is no slash; {@code **}{@code /x} also matches {@code x}. All else stands for itself.
 */
public final class Glob {

    private static final int LONGEST = 255;

    private enum Kind {
        LITERAL,
        ONE,
        WITHIN_SEGMENT,
        ANY,
        /** Before whole folders: they may be none at all. */
        FOLDERS,
        /** Inside of folders, until a slash ends them. */
        FOLDER
    }

    private record Token(Kind kind, char literal) {}

    private final String text;
    private final boolean ignoresCase;
    private final List<Token> tokens;

    private Glob(String text, boolean ignoresCase) {
        boolean printable = text.chars().noneMatch(c -> c < ' ');
        if (text.isBlank() || text.length() > LONGEST || !printable || text.contains("***")) {
            throw new IllegalArgumentException("a glob is 1 to " + LONGEST + " characters with '*', '**' or '?'");
        }
        this.text = text;
        this.ignoresCase = ignoresCase;
        this.tokens = tokens(folded(text));
    }

    /** For names whose case matters, such as branches. */
    public static Glob of(String text) {
        return new Glob(text, false);
    }

    /** For names whose case does not matter, such as repositories. */
    public static Glob ignoringCase(String text) {
        return new Glob(text, true);
    }

    /** Whether the whole name fits. Takes at most the length of the name times that of the pattern. */
    public boolean matches(String name) {
        String wanted = folded(name);
        BitSet states = new BitSet(tokens.size() + 1);
        enter(states, 0);
        for (int i = 0; i < wanted.length() && !states.isEmpty(); i++) {
            states = after(states, wanted.charAt(i));
        }
        return states.get(tokens.size());
    }

    private BitSet after(BitSet states, char c) {
        BitSet next = new BitSet(tokens.size() + 1);
        for (int at = states.nextSetBit(0); at >= 0 && at < tokens.size(); at = states.nextSetBit(at + 1)) {
            Token token = tokens.get(at);
            boolean stays = token.kind == Kind.ANY
                    || token.kind == Kind.FOLDER
                    || (token.kind == Kind.WITHIN_SEGMENT && c != '/');
            boolean goesOn = (token.kind == Kind.LITERAL && c == token.literal)
                    || (token.kind == Kind.ONE && c != '/')
                    || (token.kind == Kind.FOLDER && c == '/');
            if (stays) {
                enter(next, at);
            }
            if (goesOn) {
                enter(next, at + 1);
            }
        }
        return next;
    }

    /** What may match nothing is passed as well as entered. */
    private void enter(BitSet states, int at) {
        states.set(at);
        Kind kind = at < tokens.size() ? tokens.get(at).kind : Kind.LITERAL;
        if (kind == Kind.WITHIN_SEGMENT || kind == Kind.ANY) {
            enter(states, at + 1);
        } else if (kind == Kind.FOLDERS) {
            states.set(at + 1);
            enter(states, at + 2);
        }
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean segmentStart = i == 0 || text.charAt(i - 1) == '/';
            if (text.startsWith("**/", i) && segmentStart) {
                tokens.add(new Token(Kind.FOLDERS, c));
                tokens.add(new Token(Kind.FOLDER, c));
                i += 2;
            } else if (text.startsWith("**", i)) {
                tokens.add(new Token(Kind.ANY, c));
                i++;
            } else {
                Kind kind = c == '*' ? Kind.WITHIN_SEGMENT : c == '?' ? Kind.ONE : Kind.LITERAL;
                tokens.add(new Token(kind, c));
            }
        }
        return List.copyOf(tokens);
    }

    private String folded(String name) {
        return ignoresCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Glob glob && text.equals(glob.text) && ignoresCase == glob.ignoresCase;
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
