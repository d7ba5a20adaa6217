package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.tool.ToolPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever goes wrong with a scanner, nobody may take it for a clean image. */
class ScanFaultsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** Each scanner with the file that its database is known by. */
    enum Kind {
        OSV("osv-scanner", "osv-scalibr/PyPI/all.zip"),
        TRIVY("trivy", "db/trivy.db"),
        GRYPE("grype", "6/vulnerability.db");

        private final String program;
        private final String file;

        Kind(String program, String file) {
            this.program = program;
            this.file = file;
        }

        Scanner with(ToolPaths paths, @Nullable ScannerDatabase database, Duration timeout) {
            return switch (this) {
                case OSV -> new OsvScanner(paths, database, System.getenv(), timeout);
                case TRIVY -> new Trivy(paths, database, System.getenv(), timeout);
                case GRYPE -> new Grype(paths, database, System.getenv(), timeout);
            };
        }
    }

    @TempDir
    private Path folder;

    private Sbom sbom;

    @BeforeEach
    void describe() throws Exception {
        sbom = Boms.of(folder, "pkg:pypi/pyyaml@5.3");
    }

    @ParameterizedTest
    @EnumSource
    void aMissingToolSaysHowToGetIt(Kind kind) throws Exception {
        ToolPaths nothing = new ToolPaths(Map.of(), "", folder.resolve("tools/bin"));
        ScanException e = fails(kind.with(nothing, fresh(kind), TIMEOUT), Problem.TOOL_MISSING);
        assertThat(e)
                .hasMessageContaining(kind.program)
                .hasMessageContaining("tools/bin")
                .hasMessageContaining(
                        kind == Kind.OSV ? "./fleet tools install osv-scanner" : "install " + kind.program);
        assertThat(e.retryable()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aMissingDatabaseIsFoundBeforeTheScan(Kind kind) throws Exception {
        ScannerDatabase empty = new ScannerDatabase(folder.resolve("db"), Duration.ofDays(2), InstantSource.fixed(NOW));
        fails(kind.with(prints(kind, "{}"), empty, TIMEOUT), Problem.DATABASE_MISSING);
    }

    @ParameterizedTest
    @EnumSource
    void anOldDatabaseIsNoDatabase(Kind kind) throws Exception {
        ScannerDatabase old = database(kind, NOW.minus(Duration.ofHours(49)));
        ScanException e = fails(kind.with(prints(kind, "{}"), old, TIMEOUT), Problem.DATABASE_OLD);
        assertThat(e).hasMessageContaining("49 h old").hasMessageContaining("48 h is allowed");
    }

    @ParameterizedTest
    @EnumSource
    void aScannerThatFailsHasNotFoundNothing(Kind kind) throws Exception {
        ToolPaths fails = ScanPrograms.script(folder, kind.program, "echo '{}'; echo 'no space left' >&2; exit 127");
        ScanException e = fails(kind.with(fails, fresh(kind), TIMEOUT), Problem.CRASHED);
        assertThat(e).hasMessageContaining("127").hasMessageContaining("no space left");
        assertThat(e.retryable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aScannerThatIsKilledHasNotFoundNothing(Kind kind) throws Exception {
        fails(
                kind.with(ScanPrograms.script(folder, kind.program, "kill -9 $$"), fresh(kind), TIMEOUT),
                Problem.CRASHED);
    }

    @ParameterizedTest
    @EnumSource
    void outputThatIsCutOffIsNoCleanScan(Kind kind) throws Exception {
        fails(
                kind.with(prints(kind, "{\"results\": [], \"matches\": [], \"Sch"), fresh(kind), TIMEOUT),
                Problem.UNREADABLE);
        fails(kind.with(prints(kind, ""), fresh(kind), TIMEOUT), Problem.UNREADABLE);
        fails(kind.with(prints(kind, "{\"something\": \"else\"}"), fresh(kind), TIMEOUT), Problem.UNREADABLE);
    }

    @ParameterizedTest
    @EnumSource
    void aScannerThatHangsIsEnded(Kind kind) throws Exception {
        ToolPaths hangs = ScanPrograms.script(folder, kind.program, "exec sleep 60");
        ScanException e = fails(kind.with(hangs, fresh(kind), Duration.ofMillis(300)), Problem.TIMED_OUT);
        assertThat(e.retryable()).isTrue();
    }

    @Test
    void foundWithoutFindingsIsNoCleanScan() throws Exception {
        ToolPaths odd = ScanPrograms.script(folder, "osv-scanner", "echo '{\"results\": []}'; exit 1");
        fails(Kind.OSV.with(odd, fresh(Kind.OSV), TIMEOUT), Problem.UNREADABLE);
    }

    @Test
    void nothingToScanIsAFailureWhereThereIsSomething() throws Exception {
        ToolPaths odd = ScanPrograms.script(folder, "osv-scanner", "exit 128");
        fails(Kind.OSV.with(odd, fresh(Kind.OSV), TIMEOUT), Problem.CRASHED);
    }

    /** The file bears the time of its download, which may be new although what was downloaded is not. */
    @Test
    void trivysOwnDateCounts() throws Exception {
        ScannerDatabase database = database(Kind.TRIVY, NOW);
        Files.writeString(folder.resolve("db/db/metadata.json"), """
                {"Version": 2, "NextUpdate": "2026-11-11T12:00:00Z", "UpdatedAt": "2026-11-10T12:00:00.5Z", "DownloadedAt": "2026-11-20T12:00:00Z"}
                """);
        fails(Kind.TRIVY.with(prints(Kind.TRIVY, "{}"), database, TIMEOUT), Problem.DATABASE_OLD);
    }

    @Test
    void grypesOwnDateCounts() throws Exception {
        String report = """
                {"matches": [], "descriptor": {"name": "grype", "db": {"status": {"built": "2026-11-10T12:00:00Z"}}}}
                """;
        fails(Kind.GRYPE.with(prints(Kind.GRYPE, report), database(Kind.GRYPE, NOW), TIMEOUT), Problem.DATABASE_OLD);
    }

    @Test
    void aConfiguredPathThatLeadsNowhereIsNotReplacedByAnother() throws Exception {
        prints(Kind.TRIVY, "{\"SchemaVersion\": 2}");
        ToolPaths wrong =
                new ToolPaths(Map.of("trivy", "/nowhere/trivy"), folder + ":" + System.getenv("PATH"), folder);
        fails(Kind.TRIVY.with(wrong, fresh(Kind.TRIVY), TIMEOUT), Problem.TOOL_MISSING);
    }

    @Test
    void anInterruptEndsTheScanner() throws Exception {
        ToolPaths hangs = ScanPrograms.script(folder, "trivy", "echo $$ > " + folder + "/pid; exec sleep 60");
        Scanner scanner = Kind.TRIVY.with(hangs, fresh(Kind.TRIVY), TIMEOUT);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                scanner.scan(sbom);
            } catch (ScanException | InterruptedException e) {
                thrown.set(e);
            }
        });
        Path pid = folder.resolve("pid");
        Awaitility.await()
                .until(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())))
                .isEmpty();
    }

    @Test
    void anSbomThatIsNoneIsNoCleanImage() throws Exception {
        Files.writeString(sbom.cycloneDx(), "{\"components\": []}");
        fails(Kind.OSV.with(prints(Kind.OSV, "{\"results\": []}"), fresh(Kind.OSV), TIMEOUT), Problem.UNREADABLE);
    }

    private ScanException fails(Scanner scanner, Problem problem) {
        AtomicReference<ScanException> thrown = new AtomicReference<>();
        assertThatThrownBy(() -> scanner.scan(sbom)).isInstanceOfSatisfying(ScanException.class, thrown::set);
        assertThat(thrown.get().problem()).as(thrown.get().getMessage()).isEqualTo(problem);
        assertThat(thrown.get()).hasMessageStartingWith("could not ");
        return thrown.get();
    }

    private ToolPaths prints(Kind kind, String output) throws Exception {
        Path file = Files.writeString(folder.resolve("output"), output);
        return ScanPrograms.script(folder, kind.program, "cat " + file);
    }

    private ScannerDatabase fresh(Kind kind) throws Exception {
        return database(kind, NOW.minus(Duration.ofHours(1)));
    }

    private ScannerDatabase database(Kind kind, Instant modified) throws Exception {
        Path file = folder.resolve("db").resolve(kind.file);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(modified));
        return new ScannerDatabase(folder.resolve("db"), Duration.ofDays(2), InstantSource.fixed(NOW));
    }
}
