package io.forgefleet.events.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobTest {

    private static final Attachment FILE =
            new Attachment("scan.sarif", "application/sarif+json", "r/a", new Digest("sha256:" + "a".repeat(64)), 3);
    private static final RunId FROM = RunId.derive("event", "build", "scan", "");

    private static Job follow(List<Attachment> files, Instant now) {
        PushEvent event = new PushEvent(
                new EventId("0".repeat(32)),
                RepositoryId.parse("f/o/n"),
                RefName.branch("main"),
                PushEvent.Change.CREATED,
                null,
                new CommitId("a".repeat(40)),
                "ann",
                Instant.EPOCH);
        return Job.follow(FROM, WorkerKind.REPORT, "code-scanning", event, List.of(), files, now);
    }

    @Test
    void readsWhatItWritesAndWhatWasWrittenBeforeThereWereFiles() throws Exception {
        Job job = follow(List.of(FILE), Instant.EPOCH);
        assertThat(Json.read(Json.write(job), Job.class)).isEqualTo(job);
        ObjectNode older = Json.mapper().valueToTree(job);
        older.remove(List.of("attachments", "images", "target"));
        assertThat(Json.read(Json.write(older), Job.class).attachments()).isEmpty();
    }

    @Test
    void whatARunLeavesTwiceIsOneRun() {
        Job first = follow(List.of(FILE), Instant.EPOCH);
        Job again = follow(List.of(FILE), Instant.EPOCH.plusSeconds(9));
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.run()).isEqualTo(first.run()).isNotEqualTo(FROM);
    }
}
