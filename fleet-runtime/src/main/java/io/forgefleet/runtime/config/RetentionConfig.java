package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long images are kept, and with what care they go.
 *
 * @param pullRequests how long an image of a pull request is kept after it was superseded or its pull request closed
 * @param branches the same for a branch
 * @param least a repository's own file cannot ask for less
 * @param most nor for more
 * @param grace what is younger is never touched, whatever it is
 * @param sweep how often all repositories are looked at, beside what events ask for
 * @param undoWindow how long what loses its tags is kept under another one, where the registry can delete tags; zero for not at all
 * @param mostShare percent of an image's manifests that may go at once without a person's word
 * @param worker where the gateway reaches the management address of a cleanup worker, without a slash at its end; null where
 *     both are one process, or there is none
 */
public record RetentionConfig(
        Duration pullRequests,
        Duration branches,
        Duration least,
        Duration most,
        Duration grace,
        Duration sweep,
        Duration undoWindow,
        int mostShare,
        @Nullable URI worker) {

    static RetentionConfig read(Section section) {
        RetentionConfig retention = new RetentionConfig(
                section.duration("pullRequests", Duration.ofDays(1)),
                section.duration("branches", Duration.ofDays(7)),
                section.duration("least", Duration.ofHours(1)),
                section.duration("most", Duration.ofDays(90)),
                section.duration("grace", Duration.ofHours(1)),
                section.duration("sweep", Duration.ofHours(1)),
                section.duration("undoWindow", Duration.ZERO),
                section.number("mostShare", 50, 1, 100),
                section.optional("worker", Forms.URL, Forms::url).orElse(null));
        if (retention.least.compareTo(retention.most) > 0) {
            section.error("least", "no more than most was expected, which is " + retention.most);
        }
        return retention;
    }
}
