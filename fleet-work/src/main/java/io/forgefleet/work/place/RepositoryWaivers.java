package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.work.gate.waiver.OpenVex;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverException;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The waivers of a commit, and its OpenVEX documents. */
public final class RepositoryWaivers {

    private static final String VEX = ".forgefleet/";
    private static final int MOST_DOCUMENTS = 50;

    private RepositoryWaivers() {}

    /**
     * Reads them; none where the commit has no such file. The commit must have been fetched.
     *
     * @param file where the waivers lie
     * @throws WaiverException when one of the files is wrong
     */
    public static List<Waiver> of(Workplace place, CommitId commit, String file)
            throws WaiverException, ClientException, InterruptedException {
        List<String> paths = new ArrayList<>(List.of(file));
        place.mirror().files(commit, path -> path.startsWith(VEX) && path.endsWith(OpenVex.FILE_END)).keySet().stream()
                .limit(MOST_DOCUMENTS)
                .forEach(paths::add);
        CommitFiles files = place.mirror().read(commit, paths);
        List<Waiver> waivers = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : files.files().entrySet()) {
            String text = new String(each.getValue(), StandardCharsets.UTF_8);
            waivers.addAll(
                    each.getKey().equals(file)
                            ? WaiverFile.parse(each.getKey(), text)
                            : OpenVex.parse(each.getKey(), text));
        }
        return waivers;
    }
}
