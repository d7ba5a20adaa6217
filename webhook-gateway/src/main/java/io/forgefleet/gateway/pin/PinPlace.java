package io.forgefleet.gateway.pin;

/**
 * Where a file names an image.
 *
 * @param path of the file
 * @param line from 1
 * @param column from 1, in code points
 * @param value as YAML reads it
 */
public record PinPlace(String path, int line, int column, String value) {

    @Override
    public String toString() {
        return path + ":" + line + ":" + column + ": " + value;
    }
}
