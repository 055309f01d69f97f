/**
 * The mapped file: windows, access modes, the file's channel, its lock file and its preallocation.
 *
 * <p>Owns every access to mapped memory and to the file system. All other packages read and write a
 * store through it. It knows positions and sizes, not what is stored there.
 *
 * <p>May use: {@code errors}.
 */
package io.tophash.core.memory;
