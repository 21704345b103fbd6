internal import FunctionTypes

/// JSON Schemas of the log service's values in the JSON API.
enum LogAPISchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "Text": ["type": "string"],
        "LogProject": object(
            required: ["name", "description", "organization", "createTime"],
            ["name": text, "description": text, "organization": text, "createTime": time]),
        "LogProjectSettings": object(required: [], ["description": text]),
        "LogStore": object(
            required: ["name", "project", "ttlDays", "shardCount", "entryCount", "fileByteCount", "fields"],
            [
                "name": text, "project": text, "ttlDays": integer, "shardCount": integer, "hasIndex": boolean,
                "createTime": time, "entryCount": integer, "fileByteCount": integer, "oldest": time, "newest": time,
                "fields": list(text),
            ]),
        "LogStoreSettings": object(required: [], ["ttlDays": integer, "shardCount": integer]),
        "LogIndex": object(
            required: [],
            [
                "line": [
                    "type": ["object", "null"], "required": ["token"],
                    "properties": [
                        "token": list(text), "caseSensitive": flag, "chn": flag, "include_keys": names,
                        "exclude_keys": names,
                    ],
                ],
                "keys": [
                    "type": ["object", "null"],
                    "additionalProperties": object(
                        required: [],
                        [
                            "type": ["enum": ["text", "long", "double", "json", .null]], "token": names,
                            "caseSensitive": flag, "chn": flag, "alias": ["type": ["string", "null"]],
                            "doc_value": flag,
                        ]),
                ],
            ]),
        "LogEntry": object(
            required: ["time", "cursor", "fields"],
            [
                "time": time, "cursor": text, "topic": text, "source": text, "tags": texts, "fields": texts,
            ]),
        "LogAnswer": object(
            required: ["isComplete", "processedCount"],
            [
                "entries": list(reference("LogEntry")), "columns": list(text),
                "rows": list(list(["type": ["string", "null"]])), "isComplete": boolean, "processedCount": integer,
            ]),
        "LogWrite": object(
            required: ["entries"],
            [
                "topic": text, "source": text,
                "entries": list(object(required: ["fields"], ["time": [:], "fields": ["type": "object"]])),
            ]),
        "LogWritten": object(required: ["count", "isRepeat"], ["count": integer, "isRepeat": boolean]),
        "LogHistogram": object(
            required: ["count", "isComplete", "intervals"],
            [
                "count": integer, "isComplete": boolean,
                "intervals": list(
                    object(required: ["from", "to", "count"], ["from": time, "to": time, "count": integer])),
            ]),
        "LogAlarmRule": object(required: ["store", "query", "condition", "target"], ruleMembers),
        "LogAlarm": object(
            required: ["name", "store", "query", "condition", "target", "state", "history"],
            ruleMembers.merging(
                [
                    "name": text, "state": ["type": "string", "enum": ["quiet", "pending", "firing"]],
                    "firingSince": time,
                    "silencedUntil": time, "lastEvaluation": time, "pendingNoticeCount": integer,
                    "history": list(
                        object(required: ["time", "event", "detail"], ["time": time, "event": text, "detail": text])),
                ], uniquingKeysWith: { first, _ in first })),
        "LogSilence": object(
            required: ["seconds"], ["seconds": ["type": "integer", "description": "0 ends the silence."]]),
    ]

    // An index is answered as it was given, also where that says nothing by null.
    private static let names: JSONValue = ["type": ["array", "null"], "items": text]
    private static let flag: JSONValue = ["type": ["boolean", "null"]]

    private static let ruleMembers: [String: JSONValue] = [
        "store": text, "query": text,
        "condition": ["type": "string", "description": "A column, one of > >= < <= == != and a number: count > 10."],
        "windowSeconds": integer, "intervalSeconds": integer, "consecutiveCount": integer, "repeatSeconds": integer,
        "target": [
            "type": "object", "properties": ["address": text, "service": text, "function": text, "qualifier": text],
        ], "isEnabled": boolean,
    ]
}
