package io.forgefleet.gateway.pin;

import java.util.List;

/**
 * A file whose pins were rewritten.
 *
 * @param text the whole file; equal to what it was when there was nothing to do
 * @param pinned places that name the image, now by its digest
 * @param left places that may name the image and were left as they are: their value has expressions, or is written in a
 *     way that is not edited
 */
public record PinEdit(String text, List<PinPlace> pinned, List<PinPlace> left) {

    public PinEdit {
        pinned = List.copyOf(pinned);
        left = List.copyOf(left);
    }
}
