"""Google's protobuf as an oracle for the codec in Sources/Wire.

Files hold messages one after the other: one byte with the length of the type's name, the name, four
bytes with the length of the message (little-endian), the message.

  oracle.py GENERATED answer IN SAME EXTENDED   parse IN; write it again to SAME, and once more to
                                                EXTENDED with unknown fields at every level
  oracle.py GENERATED generate SEED COUNT OUT   COUNT random messages of every type
  oracle.py GENERATED compare OURS THEIRS       whether both files hold equal messages and bytes

GENERATED is the folder with rounds_pb2.py, made by grpc_tools.protoc.
"""

import random
import struct
import sys

sys.path.insert(0, sys.argv[1])
import rounds_pb2 as rounds  # noqa: E402

# A field number that no message has, as varint, fixed64, text and fixed32.
UNKNOWN = bytes.fromhex("883f2a" + "913f0102030405060708" + "9a3f03616263" + "a53f0a0b0c0d")


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    offset = 0
    while offset < len(data):
        end = offset + 1 + data[offset]
        name = data[offset + 1 : end].decode()
        (length,) = struct.unpack_from("<I", data, end)
        offset = end + 4 + length
        yield name, data[end + 4 : offset]


def write(file, name, data):
    file.write(bytes([len(name)]) + name.encode() + struct.pack("<I", len(data)) + data)


def parse(name, data):
    message = getattr(rounds, name)()
    message.ParseFromString(data)
    return message


def written(message):
    return message.SerializeToString(deterministic=True)


def extend(message):
    """Adds unknown fields to a message and to all that are in it."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for part in value if field.is_repeated else [value]:
            extend(part)
    if isinstance(message, rounds.PushedEdit) and message.edit:
        edit = parse("Edit", message.edit)
        extend(edit)
        message.edit = written(edit)
    message.MergeFromString(UNKNOWN)


def answer(source, same, extended):
    count = 0
    with open(same, "wb") as same, open(extended, "wb") as extended:
        for name, data in read(source):
            message = parse(name, data)
            write(same, name, written(message))
            extend(message)
            # Parsed and written once more: what is unknown to Google's code survives in it, too.
            again = written(parse(name, written(message)))
            assert again.count(UNKNOWN) >= 1, name
            write(extended, name, again)
            count += 1
    print(count)


class Maker:
    """Random messages that keep the rules which the comments in rounds.proto state."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return self.random.choice(["", "a", "Zoë", "東京", "🚚", "+49 30", "x" * 200]) + str(
            self.random.randrange(50)
        )

    def number(self, bits):
        return self.random.getrandbits(self.random.randint(1, bits))

    def texts(self):
        return sorted({self.text() for _ in range(self.random.randrange(4))}, key=str.encode)

    def numbers(self):
        return sorted({max(1, self.number(32)) for _ in range(self.random.randrange(5))})

    def scalar(self, field):
        kind = field.type
        if kind == field.TYPE_BOOL:
            return field.name in ("cleared", "revoked") or self.random.random() < 0.5
        if kind in (field.TYPE_UINT32, field.TYPE_FIXED32):
            limits = {"stamp_counter": 65535, "authority": 3, "reason": 12, "flags": 3}
            value = self.number(32)
            if field.name == "field" and not field.has_presence:
                return max(1, value)
            return value % (limits[field.name] + 1) if field.name in limits else value
        if kind in (field.TYPE_UINT64, field.TYPE_FIXED64):
            return self.number(64)
        if kind == field.TYPE_ENUM and field.name == "reach":
            return self.random.choice(field.enum_type.values).number
        if kind == field.TYPE_SINT64:
            return self.number(63) * self.random.choice([1, -1])
        if kind == field.TYPE_STRING:
            return self.random.choice(["0", "-12.5", "7"]) if field.name == "decimal" else self.text()
        identities = (
            "id", "record", "reference", "hash", "departed", "parked", "value", "checkpoint",
            "checkpoint_before",
        )
        is_request = field.name == "request" and field.message_type is None
        size = 16 if field.name in identities or is_request else self.random.randrange(20)
        return self.random.randbytes(size)

    def fill(self, message, depth=0):
        required = {"id", "record", "value", "field", "hash", "counter"}
        descriptor = message.DESCRIPTOR
        chosen = [self.random.choice(group.fields) for group in descriptor.oneofs]
        # A real oneof holds something; the one around an optional field may hold nothing.
        skipped = {f.name for group in descriptor.oneofs for f in group.fields} - {
            f.name for f in chosen if len(f.containing_oneof.fields) > 1 or self.random.random() < 0.5
        }
        while depth > 5 and descriptor.name == "Value" and chosen[0].number == 9:
            chosen = [self.random.choice(descriptor.oneofs[0].fields)]
            skipped = {f.name for f in descriptor.fields} - {chosen[0].name}
        for field in descriptor.fields:
            if field.name in skipped:
                continue
            if field.is_repeated:
                self.fill_list(message, field, depth)
            elif field.message_type is not None:
                is_needed = field.name in required or field.containing_oneof is not None
                if is_needed or self.random.random() < 0.6:
                    part = getattr(message, field.name)
                    part.SetInParent()
                    self.fill(part, depth + 1)
            elif field.type == field.TYPE_BYTES and field.name in ("edit",):
                message.edit = written(self.make("Edit"))
            else:
                setattr(message, field.name, self.scalar(field))
        self.mend(message)
        return message

    def fill_list(self, message, field, depth):
        target = getattr(message, field.name)
        if field.type == field.TYPE_STRING:
            target.extend(self.texts())
        elif field.type == field.TYPE_UINT32:
            target.extend(self.numbers())
        elif field.message_type is None:
            target.extend(self.scalar(field) for _ in range(self.random.randrange(3)))
        else:
            for _ in range(self.random.randrange(3)):
                self.fill(target.add(), depth + 1)
            self.order(target, message.DESCRIPTOR.name, field.name)

    def order(self, target, owner, name):
        keys = {
            "members": lambda p: p.field,
            "values": lambda p: p.field,
            "siblings": lambda p: p.field,
            "writes": lambda p: p.field,
            "seen_replicas": lambda p: p.replica,
            "keeping": lambda p: (p.replica, p.counter),
            "users": lambda p: p.name.encode(),
        }
        key = keys.get(name)
        if owner == "StoredState":
            key = lambda p: (p.position, p.replica, p.counter)  # noqa: E731
        if owner == "ArchiveBlock":
            key = lambda p: (p.record, p.position, p.replica)  # noqa: E731
        if key is None:
            return
        allows_cleared = name == "siblings"
        unique = {
            key(part): part
            for part in target
            if allows_cleared or not (hasattr(part, "value") and part.value.HasField("cleared"))
        }
        parts = [unique[k] for k in sorted(unique)]
        del target[:]
        target.extend(parts)

    def mend(self, message):
        name = message.DESCRIPTOR.name
        if name == "FieldWrite":
            if message.HasField("put"):
                del message.adding[:]
                del message.removing[:]
            else:
                del message.keeping[:]
        if name == "LogHead" and message.counter == 0:
            message.ClearField("hash")
        # Our codec leaves out the head of an empty log, where Google writes an empty message.
        for field, value in message.ListFields():
            if field.message_type is not None and field.message_type.name == "LogHead":
                if value.counter == 0:
                    message.ClearField(field.name)

    def make(self, name):
        return self.fill(getattr(rounds, name)())


NAMES = """Value Group FieldValue Dot FieldWrite Change Edit JoinRequest JoinResponse LogHead
PushedEdit Narrowing SyncRequest SyncResponse Receipt Refusal RecordImage Undisturbed Decision Detour Settings User
CompareRequest CompareResponse StoredState StoredChange ArchiveBlock ArchivedChange Bundle BundleBody BundleContent""".split()


def generate(seed, count, path):
    maker = Maker(int(seed))
    with open(path, "wb") as file:
        for name in NAMES:
            for _ in range(int(count)):
                write(file, name, written(maker.make(name)))
    print(len(NAMES) * int(count))


def compare(ours, theirs):
    count = 0
    for (name, left), (other, right) in zip(read(ours), read(theirs), strict=True):
        if name != other or parse(name, left) != parse(name, right) or left != right:
            sys.exit(f"{name} differs: {left.hex()} and {right.hex()}")
        count += 1
    print(count)


if __name__ == "__main__":
    {"answer": answer, "generate": generate, "compare": compare}[sys.argv[2]](*sys.argv[3:])
