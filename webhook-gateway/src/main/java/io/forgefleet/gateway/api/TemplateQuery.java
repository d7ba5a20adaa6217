package io.forgefleet.gateway.api;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.page.Words;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which template database is asked for.
 *
 * @param repository {@code forge/owner/name}, or {@code owner/name} on any forge
 * @param commit all of its digits, or the first 7 or more
 * @param least the lowest class of code that may have made it
 */
record TemplateQuery(String repository, String name, String commit, TrustClass least) {

    static final String PATH = "/api/templates/";
    private static final Pattern FORM = Pattern.compile("(?<repository>[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){1,21})"
            + "/(?<name>[a-z0-9]+([._-]+[a-z0-9]+)*)@(?<commit>[0-9a-f]{7,64})");

    /**
     * Reads a request.
     *
     * @param path all of it, below {@link #PATH}
     */
    static TemplateQuery read(String path, MultiMap query) throws ApiException {
        String asked = path.substring(PATH.length()).replaceAll("(?i)%40", "@");
        Matcher form = FORM.matcher(asked);
        if (asked.length() > 1_000 || !form.matches()) {
            throw ApiException.badRequest(
                    "this names no template database",
                    "use " + PATH + "{forge}/{owner}/{repository}/{name}@{commit}, 7 to 64 lower-case hexadecimal"
                            + " digits of the commit");
        }
        for (String name : query.names()) {
            if (!name.equals("trust")) {
                throw ApiException.badRequest("there is no parameter '" + name + "'", "use trust");
            }
        }
        String trust = Optional.ofNullable(query.get("trust")).orElse("branch");
        TrustClass least = Arrays.stream(TrustClass.values())
                .filter(each -> Words.word(each).equals(trust.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> ApiException.badRequest(
                        "there is no trust class '" + trust.substring(0, Math.min(trust.length(), 80)) + "'",
                        "use "
                                + Arrays.stream(TrustClass.values())
                                        .map(Words::word)
                                        .collect(Collectors.joining(", "))));
        return new TemplateQuery(form.group("repository"), form.group("name"), form.group("commit"), least);
    }
}
