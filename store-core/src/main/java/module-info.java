/**
 * The single-process store {@code HashStore}, and the kit that it shares with the concurrent store:
 * mapped memory, file format, hashing, codecs and the block allocator.
 */
// The module io.tophash.sync is compiled after this one, so it is unknown here.
@SuppressWarnings("module")
module io.tophash.core {
  // Only for the fast memory mode, and for who uses its buffers, which are part of the API: it is
  // no
  // named module, so a program that needed it could not be linked.
  requires static org.agrona;
  requires com.dynatrace.hash4j;
  // Only for who uses the BytesMarshallable codec, which names its types under
  // @SuppressWarnings("exports"): a static transitive would make every user need the module.
  requires static chronicle.bytes;

  exports io.tophash.core;
  exports io.tophash.core.codec;
  exports io.tophash.core.errors;
  exports io.tophash.core.memory to
      io.tophash.sync;
  exports io.tophash.core.format to
      io.tophash.sync;
  exports io.tophash.core.lifecycle to
      io.tophash.sync;
  exports io.tophash.core.map to
      io.tophash.sync;
  exports io.tophash.core.hash to
      io.tophash.sync;
  exports io.tophash.core.salvage to
      io.tophash.sync;
  exports io.tophash.core.alloc to
      io.tophash.sync;
}
