package io.forgefleet.clients.forge;

import java.io.IOException;
import java.util.List;

/** How a recorded forge talks. */
interface Protocol {

    /** Answers a request whose token is known. */
    void answer(Asked asked, boolean withLittle) throws IOException;

    List<String> writers();

    List<String> others();

    /** Statuses taken so far, each as {@code context state description url}. */
    List<String> statuses();
}
