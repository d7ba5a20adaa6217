package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.events.EventId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a site that scans them, by the real Syft and osv-scanner. */
class ScanTest {

    private static final String VULNERABLE =
            "FROM scratch\nCOPY METADATA /usr/lib/python3/dist-packages/Jinja2-2.4.1.dist-info/METADATA\n";
    private static final String METADATA = "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.4.1\n";

    @TempDir
    static Path folder;

    private static Path database;
    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        String path = System.getenv("PATH");
        assumeTrue(Programs.find("osv-scanner", path).isPresent(), "osv-scanner is not on the PATH");
        database = AdvisoryDatabase.write(folder.resolve("osv"), "PyPI");
        site = new Site(
                folder,
                Site.Setup.scanning(
                                "scan: {failOn: high}",
                                "scannerDatabase: %s, paths: {syft: %s}".formatted(database, syft()))
                        .withForge(
                                "- {name: hub, kind: github, url: \"FORGE\", token: \"${env:TOKEN}\","
                                        + " repositories: [\"team/*\"]}",
                                "- {match: \"hub:team/*\", scan: {failOn: critical}}",
                                Map.of()));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void anImageWithAHighFindingIsPushedAndFailsItsScan() throws Exception {
        Clone clone = vulnerable("scan-high");
        PushEvent event = Site.pushed("scan-high", "next", clone.push("next"));
        RunState built = site.build(event);
        assertThat(Site.outcome(built).reason()).isEqualTo(Reason.SUCCEEDED);

        RunState scanned = site.scanned(event);
        assertThat(scanned.subject().target()).isEqualTo("scan");
        assertThat(Site.outcome(scanned).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(scanned).message()).containsIgnoringCase("high").contains("2.4.1");
        Attachment sarif = scanned.attachments().getFirst();
        assertThat(sarif.name()).isEqualTo("scan.sarif");
        Path file = folder.resolve("downloaded.sarif");
        site.client.download("team/scan-high", sarif.digest(), file);
        JsonNode json = Json.mapper().readTree(Files.readAllBytes(file));
        assertThat(json.path("version").asText()).isEqualTo("2.1.0");
        assertThat(json.path("runs").path(0).path("results")).isNotEmpty();
        assertThat(site.ledgerOf(scanned.run())).extracting(LedgerEntry::kind).containsExactly(LedgerEntry.Kind.REPORT);
        assertThat(site.log(scanned.run())).containsIgnoringCase("jinja2");
    }

    @Test
    void whatWasFoundIsLeftToTheGatewayWhereTheForgeShowsIt() throws Exception {
        Clone clone = vulnerable("scan-hub");
        PushEvent local = Site.pushed("scan-hub", "next", clone.push("next"));
        String commit = Objects.requireNonNull(local.after()).value();
        RepositoryId there = new RepositoryId("hub", "team/scan-hub");
        PushEvent event = new PushEvent(
                EventId.derive(there, "next", "", commit, "created", ""),
                there,
                local.ref(),
                local.change(),
                null,
                local.after(),
                local.actor(),
                local.at());
        site.build(event);
        RunState scanned = site.scanned(event);
        assertThat(site.jobs())
                .filteredOn(job -> job.kind().equals(WorkerKind.REPORT))
                .singleElement()
                .satisfies(job -> {
                    assertThat(job.event()).isEqualTo(event);
                    assertThat(job.attachments()).isNotEmpty().isEqualTo(scanned.attachments());
                    assertThat(job.id()).startsWith(scanned.run().value());
                });

        site.build(local);
        assertThat(site.scanned(local).attachments()).isNotEmpty();
        assertThat(site.jobs())
                .filteredOn(job -> job.event().equals(local))
                .extracting(Job::kind)
                .containsOnly(WorkerKind.BUILD);
    }

    @Test
    void aWaiverWithAReasonAndADayLetsItPass() throws Exception {
        Clone clone = vulnerable("scan-waived");
        StringBuilder waivers = new StringBuilder("waivers:\n");
        for (String advisory : new String[] {"CVE-2019-10906", "CVE-2014-0012", "CVE-2014-1402"}) {
            waivers.append("- {advisory: %s, package: jinja2, reason: no templates, expires: 2099-01-01}\n"
                    .formatted(advisory));
        }
        clone.write(".forgefleet/waivers.yml", waivers.toString());
        PushEvent event = Site.pushed("scan-waived", "next", clone.push("next"));
        site.build(event);
        assertThat(Site.outcome(site.scanned(event)).reason())
                .as(Site.outcome(site.scanned(event)).message())
                .isEqualTo(Reason.SUCCEEDED);

        clone.write(".forgefleet/waivers.yml", "waivers: [{advisory: CVE-2019-10906, package: jinja2}]\n");
        PushEvent wrong = Site.pushed("scan-waived", "next", clone.push("next"));
        site.build(wrong);
        assertThat(Site.outcome(site.scanned(wrong)).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(site.scanned(wrong)).message()).contains("reason", "expires");
    }

    @Test
    void aDatabaseThatIsTooOldIsNotClean() throws Exception {
        Clone clone = site.repository("scan-old").write("hello", "1").write("Dockerfile", Site.PLAIN);
        Path file = AdvisoryDatabase.file(database, "PyPI");
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        try {
            PushEvent event = Site.pushed("scan-old", "next", clone.push("next"));
            site.build(event);
            RunState scanned = site.scanned(event);
            assertThat(Site.outcome(scanned).reason()).isEqualTo(Reason.FAILED);
            assertThat(Site.outcome(scanned).message())
                    .startsWith("could not scan: the database of advisories is too old");
        } finally {
            Files.setLastModifiedTime(file, before);
        }
    }

    private static Clone vulnerable(String repository) throws Exception {
        return site.repository(repository).write("METADATA", METADATA).write("Dockerfile", VULNERABLE);
    }

    private static Path syft() throws InterruptedException {
        return Programs.find("syft", System.getenv("PATH")).orElseGet(ScanTest::installed);
    }

    private static Path installed() {
        Path tools = Path.of("/var/tmp", "forgefleet-test-tools-" + System.getProperty("user.name"));
        try {
            ToolInstaller installer = new ToolInstaller(tools, System.getenv(), line -> {});
            installer.install(InstallableTool.SYFT);
            return installer.program(InstallableTool.SYFT);
        } catch (ClientException e) {
            return Assumptions.abort("no Syft to test with: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
