package io.forgefleet.gateway.api.page;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import java.util.Optional;

/** Links to what a forge shows of a repository; texts alone where the forge is no longer configured. */
public final class ForgeLinks {

    private final FleetConfig config;

    public ForgeLinks(FleetConfig config) {
        this.config = config;
    }

    Markup repository(RepositoryId id) {
        return link(id, "", id.toString());
    }

    Markup commit(RepositoryId id, CommitId commit, String text) {
        return link(id, dashed(id, "/commit/") + commit, text);
    }

    Markup pullRequest(RepositoryId id, long number) {
        String path = kind(id).map(kind -> switch (kind) {
                    case GITHUB -> "/pull/";
                    case GITEA, FORGEJO -> "/pulls/";
                    case GITLAB -> "/-/merge_requests/";
                })
                .orElse("/");
        return link(id, path + number, "#" + number);
    }

    /** A text, in which an address of the repository on its forge at the end becomes a link. */
    Markup text(RepositoryId id, String text) {
        int at = text.lastIndexOf(' ') + 1;
        String last = text.substring(at);
        return config.forge(id.forge())
                .filter(forge -> last.startsWith(forge.url() + "/" + id.path() + "/"))
                .map(forge ->
                        Markup.of("{}<a href=\"{}\" rel=\"noreferrer\">{}</a>", text.substring(0, at), last, last))
                .orElse(Markup.of("{}", text));
    }

    private String dashed(RepositoryId id, String path) {
        return kind(id).filter(kind -> kind == ForgeKind.GITLAB).isPresent() ? "/-" + path : path;
    }

    private Optional<ForgeKind> kind(RepositoryId id) {
        return config.forge(id.forge()).map(ForgeConfig::kind);
    }

    private Markup link(RepositoryId id, String path, String text) {
        return config.forge(id.forge())
                .map(forge ->
                        Markup.of("<a href=\"{}/{}{}\" rel=\"noreferrer\">{}</a>", forge.url(), id.path(), path, text))
                .orElse(Markup.of("{}", text));
    }
}
