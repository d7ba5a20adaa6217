/** Images that workflows run in: named by the hash of what they are made of, built once per hash. */
@NullMarked
package io.forgefleet.build.ciimage;

import org.jspecify.annotations.NullMarked;
