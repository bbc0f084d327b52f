#include "daemon/secrets/backup_file.hpp"

#include "daemon/secrets/aead.hpp"
#include "daemon/secrets/named_lines.hpp"
#include "daemon/secrets/private_file.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::secrets {
namespace {

using ports::BackupLabel;

constexpr std::string_view kTitle = "core vault backup, format 1\n";
constexpr std::size_t kMostLabel = 4096;
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kStreamHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::uint8_t kMessage = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
constexpr std::uint8_t kFinal = crypto_secretstream_xchacha20poly1305_TAG_FINAL;
static_assert(kKeyBytes == crypto_secretstream_xchacha20poly1305_KEYBYTES);

constexpr const char* kTakeAnother = "take another backup; this one is of no use";

// ---- the label

struct Label {
    BackupLabel told;
    Sealed key;  // of the pieces
};

std::string told_of(const BackupLabel& label) {
    const ports::StoreHeads& heads = label.heads;
    return fmt::format(
        "{}deployment {}\nmade_at {}\nmaster {}\nbytes {}\nbatch {}\nepoch {}\naudit_seq {}\n"
        "audit_hash {}\nvaults {}\nentries {}\njournal {}\n",
        kTitle, label.deployment, format_utc(label.made_at), label.master.value, label.bytes,
        heads.batch, heads.epoch, heads.audit_seq, to_hex(heads.audit_hash), heads.vaults,
        heads.entries, to_hex(heads.journal));
}

std::string body_of(const Label& label) {
    return fmt::format("{}nonce {}\nkey {}\n", told_of(label.told), hex_of(label.key.nonce),
                       hex_of(label.key.ciphertext));
}

Error damaged(const std::string& path, const std::string& what) {
    return Error{Errc::StoreInvalid, fmt::format("the backup {} is damaged: {}", path, what),
                 "backup", kTakeAnother};
}

Result<Label> parse(const std::string& path, std::string_view text) {
    if (!text.starts_with(kTitle))
        return Error{Errc::StoreInvalid, fmt::format("{} is no backup", path), "backup",
                     "list them with: vaultctl backup list"};
    Label label;
    BackupLabel& told = label.told;
    NamedLines lines{text.substr(kTitle.size())};
    told.deployment = lines.value("deployment");
    const auto made_at = parse_utc(lines.value("made_at"));
    if (made_at)
        told.made_at = made_at.value();
    else
        lines.fail("made_at");
    told.master.value = static_cast<std::uint32_t>(lines.number("master", 1, UINT32_MAX));
    told.bytes = lines.number("bytes", 1, INT64_MAX);
    told.heads.batch = lines.number("batch", 0, INT64_MAX);
    told.heads.epoch = lines.number("epoch", 0, INT64_MAX);
    told.heads.audit_seq = lines.number("audit_seq", 0, INT64_MAX);
    lines.bytes("audit_hash", told.heads.audit_hash);
    told.heads.vaults = lines.number("vaults", 0, INT64_MAX);
    told.heads.entries = lines.number("entries", 0, INT64_MAX);
    lines.bytes("journal", told.heads.journal);
    lines.bytes("nonce", label.key.nonce);
    label.key.ciphertext.resize(kKeyBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    lines.bytes("key", {reinterpret_cast<std::uint8_t*>(label.key.ciphertext.data()),
                        label.key.ciphertext.size()});
    lines.check(body_of(label));
    if (!lines.fault().empty()) return damaged(path, lines.fault());
    return label;
}

// ---- files

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

Error io_error(const std::string& path, const char* verb) {
    return Error{Errc::Io, fmt::format("cannot {} {}: {}", verb, path, std::strerror(errno)),
                 "backup", "look at the disk and at the rights of the folder"};
}

Result<File> open_file(const std::string& path, const char* mode) {
    File file{std::fopen(path.c_str(), mode)};
    if (file) return file;
    if (errno == ENOENT && *mode == 'r')
        return Error{Errc::NotFound, fmt::format("there is no backup {}", path), "backup",
                     "list them with: vaultctl backup list"};
    return io_error(path, *mode == 'r' ? "read" : "make");
}

bool sync_and_close(File file) {
    return std::fflush(file.get()) == 0 && ::fsync(::fileno(file.get())) == 0 &&
           std::fclose(file.release()) == 0;
}

// Removes what is not finished.
class Unfinished {
  public:
    explicit Unfinished(std::string path) : path_(std::move(path)) {}
    ~Unfinished() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    const std::string& path() const { return path_; }
    void done() { path_.clear(); }

  private:
    std::string path_;
};

Result<std::string> read_label_text(const std::string& path, std::FILE* file) {
    std::string text(kMostLabel, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    if (std::ferror(file) != 0) return io_error(path, "read");
    const std::size_t check = text.find("\ncheck ");
    const std::size_t end = check == std::string::npos ? check : text.find('\n', check + 1);
    if (end != std::string::npos) text.resize(end + 1);
    return text;
}

PrivateFile signer_file(const std::string& path) {
    return {path, "state directory", "key file", kTakeAnother, kKeyBytes, kKeyBytes};
}

// ---- pieces

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

class Sealer {
  public:
    Sealer(const Secret& key, std::string_view label, std::FILE* out) : label_(label), out_(out) {
        std::array<unsigned char, kStreamHeader> header{};
        crypto_secretstream_xchacha20poly1305_init_push(&state_, header.data(),
                                                        bytes_of(key.reveal()));
        is_written_ = std::fwrite(header.data(), 1, header.size(), out_) == header.size();
    }
    ~Sealer() { sodium_memzero(&state_, sizeof state_); }
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    bool put(std::string_view plain, std::uint8_t tag) {
        unsigned long long size = 0;
        crypto_secretstream_xchacha20poly1305_push(&state_, piece_.data(), &size, bytes_of(plain),
                                                   plain.size(), bytes_of(label_), label_.size(),
                                                   tag);
        is_written_ = is_written_ && std::fwrite(piece_.data(), 1, size, out_) == size;
        return is_written_;
    }

  private:
    crypto_secretstream_xchacha20poly1305_state state_{};
    std::string label_;
    std::FILE* out_;
    bool is_written_ = false;
    std::array<unsigned char, kPiece + kOverhead> piece_{};
};

class Opener {
  public:
    Opener(std::string_view label, std::FILE* in) : label_(label), in_(in) {}
    ~Opener() { sodium_memzero(&state_, sizeof state_); }
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    bool begin(const Secret& key) {
        std::array<unsigned char, kStreamHeader> header{};
        return std::fread(header.data(), 1, header.size(), in_) == header.size() &&
               crypto_secretstream_xchacha20poly1305_init_pull(&state_, header.data(),
                                                               bytes_of(key.reveal())) == 0;
    }
    // The next piece, which has `size` bytes; none if it does not open or its tag is another.
    std::optional<std::string_view> take(std::size_t size, std::uint8_t tag) {
        std::array<unsigned char, kPiece + kOverhead> sealed{};
        std::uint8_t got = 0;
        const bool opens =
            std::fread(sealed.data(), 1, size + kOverhead, in_) == size + kOverhead &&
            crypto_secretstream_xchacha20poly1305_pull(&state_, plain_.data(), nullptr, &got,
                                                       sealed.data(), size + kOverhead,
                                                       bytes_of(label_), label_.size()) == 0;
        if (!opens || got != tag) return std::nullopt;
        return std::string_view{reinterpret_cast<const char*>(plain_.data()), size};
    }
    // A piece that is a secret; empty if it does not open.
    Secret take_secret(std::size_t size) {
        const auto plain = take(size, kMessage);
        Secret secret = Secret::of_size(size);
        if (plain) std::ranges::copy(*plain, secret.writable().begin());
        sodium_memzero(plain_.data(), size);
        return plain ? std::move(secret) : Secret{};
    }
    bool at_end() { return std::fgetc(in_) == EOF; }

  private:
    crypto_secretstream_xchacha20poly1305_state state_{};
    std::string label_;
    std::FILE* in_;
    std::array<unsigned char, kPiece> plain_{};
};

std::size_t next_piece(std::uint64_t left) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece));
}

Result<void> seal_store(Sealer& sealer, const std::string& path, std::uint64_t bytes) {
    VAULT_TRY(const File store, open_file(path, "rb"));
    std::string piece(kPiece, '\0');
    for (std::uint64_t left = bytes; left > 0;) {
        const std::size_t size = next_piece(left);
        if (std::fread(piece.data(), 1, size, store.get()) != size) return io_error(path, "read");
        left -= size;
        if (!sealer.put(std::string_view{piece}.substr(0, size), left == 0 ? kFinal : kMessage))
            return io_error("the backup", "write");
    }
    return success();
}

Result<void> open_store(Opener& opener, const std::string& from, const std::string& path,
                        std::uint64_t bytes) {
    VAULT_TRY(File store, open_file(path, "wbx"));
    for (std::uint64_t left = bytes; left > 0;) {
        const std::size_t size = next_piece(left);
        left -= size;
        const auto plain = opener.take(size, left == 0 ? kFinal : kMessage);
        if (!plain) return damaged(from, "a piece of it does not open");
        if (std::fwrite(plain->data(), 1, size, store.get()) != size)
            return io_error(path, "write");
    }
    if (!opener.at_end()) return damaged(from, "there is something behind its end");
    if (!sync_and_close(std::move(store))) return io_error(path, "write");
    return success();
}

}  // namespace

// ---- whole files

Result<void> write_backup(const std::string& path, const BackupLabel& told, const KeyRing& root,
                          const BackupContent& from) {
    const Secret key = random_key();
    Label label{told, {}};
    VAULT_TRY(label.key, root.seal_key(told_of(told), key));
    VAULT_TRY(const Secret signer, read_private(signer_file(from.signer_key)));
    const std::string text = with_check(body_of(label));
    Unfinished fresh{path + ".new"};
    ::unlink(fresh.path().c_str());
    VAULT_TRY(File out, open_file(fresh.path(), "wbx"));
    ::fchmod(::fileno(out.get()), 0600);
    if (std::fwrite(text.data(), 1, text.size(), out.get()) != text.size())
        return io_error(fresh.path(), "write");
    Sealer sealer{key, text, out.get()};
    if (!sealer.put(signer.reveal(), kMessage)) return io_error(fresh.path(), "write");
    VAULT_TRYV(seal_store(sealer, from.store, told.bytes));
    if (!sync_and_close(std::move(out))) return io_error(fresh.path(), "write");
    // A link never replaces what is there.
    if (::link(fresh.path().c_str(), path.c_str()) != 0)
        return errno == EEXIST ? Error{Errc::Exists, fmt::format("there is a {} already", path),
                                       "backup", "try again in a second"}
                               : io_error(path, "place");
    return sync_folder_of(path) ? success() : Result<void>{io_error(path, "sync")};
}

Result<BackupLabel> read_backup_label(const std::string& path) {
    VAULT_TRY(const File file, open_file(path, "rb"));
    VAULT_TRY(const std::string text, read_label_text(path, file.get()));
    VAULT_TRY(const Label label, parse(path, text));
    return label.told;
}

Result<BackupLabel> open_backup(const std::string& path, const KeyRing& root,
                                const BackupContent& to) {
    VAULT_TRY(const File file, open_file(path, "rb"));
    VAULT_TRY(const std::string text, read_label_text(path, file.get()));
    VAULT_TRY(const Label label, parse(path, text));
    if (label.told.deployment != root.deployment())
        return Error{Errc::WrongState,
                     fmt::format("the backup is of deployment {}, this is {}",
                                 label.told.deployment, root.deployment()),
                     "backup", "take one that was made here, or mend security.deployment"};
    if (label.told.master != root.master())
        return Error{Errc::WrongState,
                     fmt::format("the backup opens with master key version {}, at hand is {}",
                                 label.told.master.value, root.master().value),
                     "backup", "make a new backup after each rotation of the master key"};
    const auto key = root.open_key(told_of(label.told), label.key);
    if (!key) return damaged(path, "its key does not open");
    if (std::fseek(file.get(), static_cast<long>(text.size()), SEEK_SET) != 0)
        return io_error(path, "read");
    Opener opener{text, file.get()};
    const bool begun = opener.begin(key.value());
    const Secret signer = begun ? opener.take_secret(kKeyBytes) : Secret{};
    if (signer.empty()) return damaged(path, "its first piece does not open");
    std::error_code fault;
    if (std::filesystem::exists(to.store, fault))
        return Error{Errc::Exists, fmt::format("there is a {} already", to.store), "backup",
                     "it is never replaced: move it away, and what lies beside it with its name"};
    VAULT_TRYV(make_private(signer_file(to.signer_key), signer));
    Unfinished signer_key{to.signer_key};
    Unfinished store{to.store};
    VAULT_TRYV(open_store(opener, path, to.store, label.told.bytes));
    signer_key.done();
    store.done();
    return label.told;
}

}  // namespace vault::secrets
