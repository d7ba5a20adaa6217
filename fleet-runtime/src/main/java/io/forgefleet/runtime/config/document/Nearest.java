package io.forgefleet.runtime.config.document;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody most likely meant. */
public final class Nearest {

    private Nearest() {}

    /** "did you mean …?" where one of the known words is near, else all of them. */
    public static String hint(String word, Collection<String> known) {
        return nearest(word, known)
                .map(near -> "did you mean " + near + "?")
                .orElse(known.isEmpty() ? "there are none" : "known are " + String.join(", ", known));
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        String wanted = plain(word);
        int bound = Math.max(1, wanted.length() / 3);
        return known.stream()
                .filter(each -> distance(wanted, plain(each)) <= bound)
                .min(Comparator.comparingInt(each -> distance(wanted, plain(each))));
    }

    private static String plain(String word) {
        String lower = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return lower.substring(0, Math.min(lower.length(), 64));
    }

    /** Insertions, deletions, replacements and swaps of neighbours that make one word of the other. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
