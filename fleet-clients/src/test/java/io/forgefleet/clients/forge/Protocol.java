package io.forgefleet.clients.forge;

import io.forgefleet.clients.forge.change.LabelChange;
import java.io.IOException;
import java.util.List;

/** How a recorded forge talks. */
interface Protocol {

    /** Answers a request whose token is known. */
    void answer(Asked asked, boolean withLittle) throws IOException;

    /** A change of labels as it is told; its number is its place. */
    String told(LabelChange change, int number);

    List<String> writers();

    List<String> others();

    /** Statuses taken so far, each as {@code context state description url}. */
    List<String> statuses();
}
