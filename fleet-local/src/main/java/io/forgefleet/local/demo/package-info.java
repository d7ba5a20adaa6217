/** The whole story on one machine, told while it happens: push, pull request, fix and merge become images and statuses. */
@NullMarked
package io.forgefleet.local.demo;

import org.jspecify.annotations.NullMarked;
