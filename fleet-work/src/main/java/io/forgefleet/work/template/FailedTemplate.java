package io.forgefleet.work.template;

import io.forgefleet.events.job.RunId;
import java.util.List;

/**
 * That no template could be made for a key, which is so for every worker until somebody asks again.
 *
 * @param message what happened, for people
 * @param lastLines the end of what the command printed
 * @param run that tried
 */
public record FailedTemplate(String message, List<String> lastLines, RunId run) {

    public FailedTemplate {
        lastLines = List.copyOf(lastLines);
    }
}
