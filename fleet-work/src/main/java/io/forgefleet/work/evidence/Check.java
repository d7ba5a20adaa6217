package io.forgefleet.work.evidence;

/**
 * One thing that was looked at.
 *
 * @param what was checked, such as {@code signature of linux/amd64 sha256:…}
 * @param held whether it is as it should be
 * @param found by which key, or what is wrong
 */
public record Check(String what, boolean held, String found) {}
