package io.forgefleet.gateway.signature;

import io.forgefleet.events.RepositoryId;
import java.util.function.Predicate;

/**
 * A live secret by which a forge signs deliveries. While a secret is being replaced, the old and the new one are both
 * live.
 *
 * @param value as it stands in the forge's settings; GitLab's signing tokens begin with {@code whsec_}. Not empty
 * @param scope repositories for which it may speak: everything of the forge, or one repository with a secret of its own
 */
public record WebhookSecret(String value, Predicate<RepositoryId> scope) {

    public WebhookSecret {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a webhook secret is empty; anybody could sign with it");
        }
    }

    /** A secret for every repository of the forge. */
    public static WebhookSecret ofForge(String value) {
        return new WebhookSecret(value, repository -> true);
    }

    @Override
    public String toString() {
        return "webhook secret •••";
    }
}
