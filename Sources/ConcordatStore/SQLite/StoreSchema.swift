import GRDB

/// The tables. Nothing personal stands in a column: cases and copies are sealed before they get here.
enum StoreSchema {
    /// Moves with every change of the tables.
    static let version = 4

    static let statements = [
        "CREATE TABLE about (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE leaves (
            position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 0),
            entry BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535),
            time INTEGER NOT NULL, kind TEXT NOT NULL,
            sender TEXT, recipient TEXT, message TEXT, caseid TEXT, delivery TEXT
        ) STRICT
        """,
        "CREATE INDEX leaves_by_sender ON leaves (sender, kind, position) WHERE sender IS NOT NULL",
        "CREATE INDEX leaves_by_recipient ON leaves (recipient, kind, position) WHERE recipient IS NOT NULL",
        "CREATE INDEX leaves_by_case ON leaves (caseid, position) WHERE caseid IS NOT NULL",
        "CREATE INDEX leaves_by_message ON leaves (message, position) WHERE message IS NOT NULL",
        "CREATE INDEX leaves_by_delivery ON leaves (delivery, position) WHERE delivery IS NOT NULL",
        """
        CREATE TABLE nodes (
            level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
            PRIMARY KEY (level, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE checkpoints (
            size INTEGER PRIMARY KEY NOT NULL, note BLOB NOT NULL, frontier BLOB NOT NULL, time INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE TABLE cases (id TEXT PRIMARY KEY NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE deliveries (
            sequence INTEGER PRIMARY KEY NOT NULL, id TEXT NOT NULL UNIQUE,
            message TEXT NOT NULL, name TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, caseid TEXT NOT NULL,
            state TEXT NOT NULL, attempts INTEGER NOT NULL, next INTEGER NOT NULL, created INTEGER NOT NULL,
            expires INTEGER NOT NULL, daykey TEXT NOT NULL, urgent INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX deliveries_by_message ON deliveries (sender, message)",
        "CREATE INDEX deliveries_open ON deliveries (state, sequence) WHERE state IN ('waiting', 'held', 'handed', 'parked')",
        "CREATE TABLE copies (sequence INTEGER PRIMARY KEY NOT NULL REFERENCES deliveries, sealed BLOB NOT NULL) STRICT",
        """
        CREATE TABLE answers (
            party TEXT NOT NULL, message TEXT NOT NULL, digest BLOB NOT NULL, caseid TEXT NOT NULL, people TEXT NOT NULL,
            salt BLOB NOT NULL, decisions TEXT NOT NULL, first INTEGER NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (party, message)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX answers_by_time ON answers (at)",
    ]

    /// Versions of the protocol, for ever: what an archive's id names never changes, and no row goes.
    private static let protocols = [
        """
        CREATE TABLE archives (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 64), bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TRIGGER archives_immutable BEFORE UPDATE ON archives
        BEGIN SELECT RAISE(ABORT, 'an archive never changes'); END
        """,
        """
        CREATE TRIGGER archives_kept BEFORE DELETE ON archives
        BEGIN SELECT RAISE(ABORT, 'an archive is kept for ever'); END
        """,
        """
        CREATE TABLE protocols (
            id TEXT PRIMARY KEY NOT NULL REFERENCES archives, record BLOB NOT NULL, report BLOB
        ) STRICT
        """,
        """
        CREATE TRIGGER protocols_kept BEFORE DELETE ON protocols
        BEGIN SELECT RAISE(ABORT, 'a version is kept for ever'); END
        """,
    ]

    /// What decisions were judged by, for a set time.
    private static let replay = [
        """
        CREATE TABLE replay (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, time INTEGER NOT NULL, first INTEGER NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX replay_by_time ON replay (time, sequence)",
    ]

    /// Open deliveries: an older store does not count held ones.
    private static let open = [
        "DROP INDEX deliveries_open",
        "CREATE INDEX deliveries_open ON deliveries (state, sequence) WHERE state IN ('waiting', 'held', 'handed', 'parked')",
    ]

    /// Makes the first tables; ``bringUp(_:from:)`` makes the rest.
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    /// Brings the tables of an older store up to ``version``.
    static func bringUp(_ db: Database, from old: Int) throws {
        if old < 2 { for statement in protocols { try db.execute(sql: statement) } }
        if old < 3 { for statement in replay { try db.execute(sql: statement) } }
        if old > 0, old < 4 { for statement in open { try db.execute(sql: statement) } }
        if old < version { try db.execute(sql: "PRAGMA user_version = \(version)") }
    }
}
