package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.lifecycle.OpenRequest;
import io.tophash.core.table.TableContext;
import java.nio.file.Path;

/** What is asked of a {@link HashStore} when it is opened. */
final class HashRequest extends OpenRequest {
  /** Hears of the verification after a stop of the machine. */
  VerifyProgress verifyProgress = VerifyProgress.NONE;

  HashRequest(Codec<?> keyCodec, Codec<?> valueCodec) {
    super(keyCodec, valueCodec);
  }

  @Override
  public HashRequest at(Path file, boolean isTemporary) {
    return (HashRequest) super.at(file, isTemporary);
  }

  BucketLayout layout() {
    return new BucketLayout(keyCodec.fixedSize(), valueCodec.fixedSize());
  }

  StoreHeader newHeader() {
    return newHeader(
        HeaderLayout.KIND_HASH, TableContext.chunkShift(layout().bytes(), windowShift));
  }

  void check(StoreHeader header) {
    require("kind of store", header.kind, HeaderLayout.KIND_HASH);
    checkCodecs(header);
  }
}
