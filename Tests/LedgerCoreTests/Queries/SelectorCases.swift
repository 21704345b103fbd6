/// One line a case: selector, document, whether it matches. Written from CouchDB's documented semantics.
let selectorCases = #"""
    {} ~ {} ~ true
    {} ~ {"a":1} ~ true
    {"a":1} ~ {"a":1} ~ true
    {"a":1} ~ {"a":2} ~ false
    {"a":1} ~ {"b":1} ~ false
    {"a":1} ~ {} ~ false
    {"a":1} ~ {"a":1.0} ~ true
    {"a":1} ~ {"a":1e0} ~ true
    {"a":100} ~ {"a":1E2} ~ true
    {"a":0} ~ {"a":-0} ~ true
    {"a":0.1} ~ {"a":0.10} ~ true
    {"a":1} ~ {"a":true} ~ false
    {"a":true} ~ {"a":1} ~ false
    {"a":0} ~ {"a":false} ~ false
    {"a":null} ~ {"a":null} ~ true
    {"a":null} ~ {} ~ false
    {"a":null} ~ {"a":false} ~ false
    {"a":"x"} ~ {"a":"x"} ~ true
    {"a":"x"} ~ {"a":"X"} ~ false
    {"a":"\u00e9"} ~ {"a":"é"} ~ true
    {"a":"\u00e9"} ~ {"a":"e\u0301"} ~ false
    {"a":"\ud83d\ude00"} ~ {"a":"😀"} ~ true
    {"a":[1,2]} ~ {"a":[1,2]} ~ true
    {"a":[1,2]} ~ {"a":[2,1]} ~ false
    {"a":[1,2]} ~ {"a":[1,2,3]} ~ false
    {"a":{}} ~ {"a":{}} ~ true
    {"a":{}} ~ {"a":{"b":1}} ~ false
    {"a":{"b":1}} ~ {"a":{"b":1}} ~ true
    {"a":{"b":1}} ~ {"a":{"b":1,"c":2}} ~ true
    {"a":{"b":1,"c":2}} ~ {"a":{"b":1}} ~ false
    {"a":{"$eq":{"b":1}}} ~ {"a":{"b":1,"c":2}} ~ false
    {"a":{"$eq":{"b":1,"c":2}}} ~ {"a":{"c":2,"b":1}} ~ true
    {"a.b":1} ~ {"a":{"b":1}} ~ true
    {"a.b":1} ~ {"a.b":1} ~ false
    {"a\\.b":1} ~ {"a.b":1} ~ true
    {"a\\.b":1} ~ {"a":{"b":1}} ~ false
    {"a.b.c":1} ~ {"a":{"b":{"c":1}}} ~ true
    {"a.b.c":1} ~ {"a":{"b":1}} ~ false
    {"a.0":1} ~ {"a":[1,2]} ~ true
    {"a.1":1} ~ {"a":[1,2]} ~ false
    {"a.2":1} ~ {"a":[1,2]} ~ false
    {"a.0":1} ~ {"a":{"0":1}} ~ true
    {"a.0.b":1} ~ {"a":[{"b":1}]} ~ true
    {"a.b":1} ~ {"a":[{"b":1}]} ~ false
    {"a":1,"b":2} ~ {"a":1,"b":2} ~ true
    {"a":1,"b":2} ~ {"a":1,"b":3} ~ false
    {"_id":"k"} ~ {"a":1} ~ true
    {"_id":"j"} ~ {"a":1} ~ false
    {"_id":{"$gt":"j"}} ~ {} ~ true
    {"_id":{"$lt":"j"}} ~ {} ~ false
    {"a":{"$eq":1}} ~ {"a":1} ~ true
    {"a":{"$eq":1}} ~ {"a":"1"} ~ false
    {"a":{"$eq":null}} ~ {"a":null} ~ true
    {"a":{"$eq":null}} ~ {} ~ false
    {"a":{"$ne":1}} ~ {"a":2} ~ true
    {"a":{"$ne":1}} ~ {"a":1} ~ false
    {"a":{"$ne":1}} ~ {"a":1.000} ~ false
    {"a":{"$ne":1}} ~ {} ~ false
    {"a":{"$ne":1}} ~ {"a":"1"} ~ true
    {"a":{"$ne":null}} ~ {"a":0} ~ true
    {"a":{"$gt":1}} ~ {"a":2} ~ true
    {"a":{"$gt":1}} ~ {"a":1} ~ false
    {"a":{"$gt":1}} ~ {"a":0} ~ false
    {"a":{"$gt":1}} ~ {"a":1.0000000000000000000001} ~ true
    {"a":{"$gt":1}} ~ {"a":"0"} ~ true
    {"a":{"$gt":1}} ~ {"a":null} ~ false
    {"a":{"$gt":1}} ~ {"a":true} ~ false
    {"a":{"$gt":1}} ~ {"a":[]} ~ true
    {"a":{"$gt":1}} ~ {"a":{}} ~ true
    {"a":{"$gt":null}} ~ {"a":false} ~ true
    {"a":{"$gt":null}} ~ {"a":null} ~ false
    {"a":{"$gt":null}} ~ {} ~ false
    {"a":{"$gt":false}} ~ {"a":true} ~ true
    {"a":{"$gt":true}} ~ {"a":-1000} ~ true
    {"a":{"$gt":"a"}} ~ {"a":"b"} ~ true
    {"a":{"$gt":"a"}} ~ {"a":"B"} ~ false
    {"a":{"$gt":"a"}} ~ {"a":"aa"} ~ true
    {"a":{"$gt":"b"}} ~ {"a":"aa"} ~ false
    {"a":{"$gt":"z"}} ~ {"a":[]} ~ true
    {"a":{"$gt":[1]}} ~ {"a":[1,0]} ~ true
    {"a":{"$gt":[1,1]}} ~ {"a":[1]} ~ false
    {"a":{"$gt":[9]}} ~ {"a":{}} ~ true
    {"a":{"$gt":[1]}} ~ {"a":[2]} ~ true
    {"a":{"$gt":-1}} ~ {"a":-2} ~ false
    {"a":{"$gt":-2}} ~ {"a":-1} ~ true
    {"a":{"$gt":-1}} ~ {"a":0} ~ true
    {"a":{"$gt":9007199254740992}} ~ {"a":9007199254740993} ~ true
    {"a":9007199254740993} ~ {"a":9007199254740992} ~ false
    {"a":{"$gt":1e308}} ~ {"a":1e309} ~ true
    {"a":{"$gt":1e-400}} ~ {"a":2e-400} ~ true
    {"a":{"$gte":1}} ~ {"a":1} ~ true
    {"a":{"$gte":1}} ~ {"a":0.999} ~ false
    {"a":{"$gte":1}} ~ {"a":1.001} ~ true
    {"a":{"$gte":null}} ~ {"a":null} ~ true
    {"a":{"$gte":"a"}} ~ {"a":"a"} ~ true
    {"a":{"$lt":1}} ~ {"a":0} ~ true
    {"a":{"$lt":1}} ~ {"a":1} ~ false
    {"a":{"$lt":1}} ~ {"a":"0"} ~ false
    {"a":{"$lt":1}} ~ {"a":null} ~ true
    {"a":{"$lt":1}} ~ {"a":true} ~ true
    {"a":{"$lt":1}} ~ {} ~ false
    {"a":{"$lt":"b"}} ~ {"a":"a"} ~ true
    {"a":{"$lt":"b"}} ~ {"a":5} ~ true
    {"a":{"$lt":{}}} ~ {"a":[]} ~ true
    {"a":{"$lt":{"b":1}}} ~ {"a":{"a":9}} ~ true
    {"a":{"$lt":{"b":1}}} ~ {"a":{"b":0}} ~ true
    {"a":{"$lt":{"b":1}}} ~ {"a":{"c":0}} ~ false
    {"a":{"$lte":1}} ~ {"a":1} ~ true
    {"a":{"$lte":1}} ~ {"a":2} ~ false
    {"a":{"$lte":1}} ~ {"a":-5} ~ true
    {"a":{"$gt":1,"$lt":5}} ~ {"a":3} ~ true
    {"a":{"$gt":1,"$lt":5}} ~ {"a":5} ~ false
    {"a":{"$gt":1,"b":2}} ~ {"a":{"b":2}} ~ true
    {"a":{"$gt":1,"b":2}} ~ {"a":{"b":3}} ~ false
    {"a":{"$exists":true}} ~ {"a":null} ~ true
    {"a":{"$exists":true}} ~ {} ~ false
    {"a":{"$exists":false}} ~ {} ~ true
    {"a":{"$exists":false}} ~ {"a":null} ~ false
    {"a.b":{"$exists":false}} ~ {"a":{}} ~ true
    {"a.b":{"$exists":false}} ~ {} ~ true
    {"a.b":{"$exists":false}} ~ {"a":1} ~ false
    {"a.b":{"$exists":true}} ~ {"a":{"b":0}} ~ true
    {"a":{"$type":"null"}} ~ {"a":null} ~ true
    {"a":{"$type":"boolean"}} ~ {"a":false} ~ true
    {"a":{"$type":"boolean"}} ~ {"a":0} ~ false
    {"a":{"$type":"number"}} ~ {"a":-1.5e3} ~ true
    {"a":{"$type":"number"}} ~ {"a":"1"} ~ false
    {"a":{"$type":"string"}} ~ {"a":""} ~ true
    {"a":{"$type":"array"}} ~ {"a":[]} ~ true
    {"a":{"$type":"array"}} ~ {"a":{}} ~ false
    {"a":{"$type":"object"}} ~ {"a":{}} ~ true
    {"a":{"$type":"null"}} ~ {} ~ false
    {"a":{"$in":[1,2]}} ~ {"a":2} ~ true
    {"a":{"$in":[1,2]}} ~ {"a":3} ~ false
    {"a":{"$in":[1,2]}} ~ {"a":1.0} ~ true
    {"a":{"$in":[]}} ~ {"a":1} ~ false
    {"a":{"$in":[]}} ~ {"a":[]} ~ false
    {"a":{"$in":[1,2]}} ~ {"a":[2,3]} ~ true
    {"a":{"$in":[1,2]}} ~ {"a":[3,4]} ~ false
    {"a":{"$in":[[1]]}} ~ {"a":[1]} ~ false
    {"a":{"$in":[[1]]}} ~ {"a":[[1]]} ~ true
    {"a":{"$in":[null]}} ~ {"a":null} ~ true
    {"a":{"$in":[null]}} ~ {} ~ false
    {"a":{"$nin":[1,2]}} ~ {"a":3} ~ true
    {"a":{"$nin":[1,2]}} ~ {"a":1} ~ false
    {"a":{"$nin":[]}} ~ {"a":1} ~ true
    {"a":{"$nin":[1]}} ~ {} ~ false
    {"a":{"$nin":[1,2]}} ~ {"a":[2,3]} ~ false
    {"a":{"$nin":[1,2]}} ~ {"a":[3,4]} ~ true
    {"a":{"$all":[1,2]}} ~ {"a":[1,2,3]} ~ true
    {"a":{"$all":[1,2]}} ~ {"a":[2,1]} ~ true
    {"a":{"$all":[1,2]}} ~ {"a":[1]} ~ false
    {"a":{"$all":[]}} ~ {"a":[1]} ~ false
    {"a":{"$all":[1]}} ~ {"a":1} ~ false
    {"a":{"$all":[[1,2]]}} ~ {"a":[1,2]} ~ true
    {"a":{"$all":[[1,2]]}} ~ {"a":[[1,2],3]} ~ true
    {"a":{"$all":[[1,2],3]}} ~ {"a":[1,2]} ~ false
    {"a":{"$all":["x"]}} ~ {} ~ false
    {"a":{"$size":2}} ~ {"a":[1,2]} ~ true
    {"a":{"$size":2}} ~ {"a":[1]} ~ false
    {"a":{"$size":0}} ~ {"a":[]} ~ true
    {"a":{"$size":1}} ~ {"a":"x"} ~ false
    {"a":{"$size":1}} ~ {"a":{"b":1}} ~ false
    {"a":{"$size":1.0}} ~ {"a":[1]} ~ true
    {"a":{"$mod":[3,1]}} ~ {"a":7} ~ true
    {"a":{"$mod":[3,1]}} ~ {"a":6} ~ false
    {"a":{"$mod":[3,-1]}} ~ {"a":-7} ~ true
    {"a":{"$mod":[3,1]}} ~ {"a":7.5} ~ false
    {"a":{"$mod":[3,1]}} ~ {"a":"7"} ~ false
    {"a":{"$mod":[-1,0]}} ~ {"a":-9223372036854775808} ~ true
    {"a":{"$mod":[2,0]}} ~ {"a":123456789012345678901234567890} ~ true
    {"a":{"$mod":[7,6]}} ~ {"a":-123456789012345678901234567890} ~ false
    {"a":{"$mod":[7,-1]}} ~ {"a":-123456789012345678901234567891} ~ true
    {"a":{"$regex":"^x"}} ~ {"a":"xyz"} ~ true
    {"a":{"$regex":"y"}} ~ {"a":"xyz"} ~ true
    {"a":{"$regex":"^y"}} ~ {"a":"xyz"} ~ false
    {"a":{"$regex":"(?i)XYZ"}} ~ {"a":"xyz"} ~ true
    {"a":{"$regex":"^.$"}} ~ {"a":"é"} ~ true
    {"a":{"$regex":"1"}} ~ {"a":1} ~ false
    {"a":{"$regex":"x"}} ~ {"a":["x"]} ~ false
    {"a":{"$regex":""}} ~ {"a":""} ~ true
    {"a":{"$regex":"x"}} ~ {} ~ false
    {"a":{"$beginsWith":"ab"}} ~ {"a":"abc"} ~ true
    {"a":{"$beginsWith":"ab"}} ~ {"a":"ab"} ~ true
    {"a":{"$beginsWith":"ab"}} ~ {"a":"a"} ~ false
    {"a":{"$beginsWith":""}} ~ {"a":"x"} ~ true
    {"a":{"$beginsWith":"1"}} ~ {"a":1} ~ false
    {"$and":[{"a":1},{"b":2}]} ~ {"a":1,"b":2} ~ true
    {"$and":[{"a":1},{"b":2}]} ~ {"a":1} ~ false
    {"$and":[]} ~ {} ~ true
    {"$or":[{"a":1},{"b":2}]} ~ {"b":2} ~ true
    {"$or":[{"a":1},{"b":2}]} ~ {"b":3} ~ false
    {"$or":[]} ~ {"a":1} ~ false
    {"$nor":[{"a":1},{"b":2}]} ~ {"a":2,"b":1} ~ true
    {"$nor":[{"a":1},{"b":2}]} ~ {"a":1,"b":1} ~ false
    {"$nor":[{"a":1}]} ~ {} ~ false
    {"$not":{"a":1}} ~ {"a":2} ~ true
    {"$not":{"a":1}} ~ {"a":1} ~ false
    {"$not":{"a":1}} ~ {} ~ false
    {"$not":{"a":{"$gt":1}}} ~ {"a":1} ~ true
    {"$not":{"a":{"$exists":true}}} ~ {} ~ true
    {"$not":{"a":{"$exists":false}}} ~ {"a":1} ~ true
    {"$not":{"$and":[{"a":1},{"b":2}]}} ~ {"a":1,"b":3} ~ true
    {"$not":{"$or":[{"a":1},{"b":2}]}} ~ {"a":1,"b":3} ~ false
    {"$not":{"$not":{"a":1}}} ~ {"a":1} ~ true
    {"a":{"$not":{"$gt":3}}} ~ {"a":2} ~ true
    {"a":{"$not":{"$gt":3}}} ~ {"a":4} ~ false
    {"a":{"$not":{"$gt":3}}} ~ {} ~ false
    {"a":{"$not":{"$in":[1]}}} ~ {"a":2} ~ true
    {"a":{"$not":{"$regex":"x"}}} ~ {"a":"y"} ~ true
    {"a":{"$not":{"$regex":"x"}}} ~ {"a":1} ~ true
    {"a":{"$not":{"$size":1}}} ~ {"a":[1,2]} ~ true
    {"a":{"$or":[{"$lt":1},{"$gt":9}]}} ~ {"a":10} ~ true
    {"a":{"$or":[{"$lt":1},{"$gt":9}]}} ~ {"a":5} ~ false
    {"a":{"$or":[1,2]}} ~ {"a":2} ~ true
    {"a":{"$and":[{"$gt":1},{"$lt":3}]}} ~ {"a":2} ~ true
    {"a":{"$or":[{"b":1},{"c":2}]}} ~ {"a":{"c":2}} ~ true
    {"a":{"$elemMatch":{"$gt":2}}} ~ {"a":[1,3]} ~ true
    {"a":{"$elemMatch":{"$gt":2}}} ~ {"a":[1,2]} ~ false
    {"a":{"$elemMatch":{"$gt":2}}} ~ {"a":[]} ~ false
    {"a":{"$elemMatch":{"$gt":2}}} ~ {"a":3} ~ false
    {"a":{"$elemMatch":{"b":1,"c":2}}} ~ {"a":[{"b":1,"c":2}]} ~ true
    {"a":{"$elemMatch":{"b":1,"c":2}}} ~ {"a":[{"b":1},{"c":2}]} ~ false
    {"a":{"$elemMatch":{"$eq":"x"}}} ~ {"a":["y","x"]} ~ true
    {"a":{"$allMatch":{"$gt":2}}} ~ {"a":[3,4]} ~ true
    {"a":{"$allMatch":{"$gt":2}}} ~ {"a":[2,4]} ~ false
    {"a":{"$allMatch":{"$gt":2}}} ~ {"a":[]} ~ false
    {"a":{"$allMatch":{"b":1}}} ~ {"a":[{"b":1},{"b":1,"c":2}]} ~ true
    {"a":{"$keyMapMatch":{"$eq":"b"}}} ~ {"a":{"b":1}} ~ true
    {"a":{"$keyMapMatch":{"$eq":"c"}}} ~ {"a":{"b":1}} ~ false
    {"a":{"$keyMapMatch":{"$eq":"b"}}} ~ {"a":["b"]} ~ false
    {"a":{"$not":{"$elemMatch":{"$gt":2}}}} ~ {"a":[1,2]} ~ true
    {"a":{"$elemMatch":{"$not":{"$gt":2}}}} ~ {"a":[1,9]} ~ true
    {"a":{"$elemMatch":{"$elemMatch":{"$eq":1}}}} ~ {"a":[[2],[1]]} ~ true
    {"$nor":[{"a":{"$elemMatch":{"$eq":1}}}]} ~ {"a":[2]} ~ true
    """#

/// One line a case: a selector or query that must be refused, and a part of what the error says.
let refusedQueries = #"""
    [] ~ must be a JSON object
    {"selector":[]} ~ selector must be a JSON object
    {} ~ no "selector"
    {"selector":{"a":{"$foo":1}}} ~ "$foo" is not known
    {"selector":{"$text":"x"}} ~ "$text" is not known
    {"selector":{"$and":{"a":1}}} ~ "$and" takes an array
    {"selector":{"$or":[1]}} ~ "$or" takes an array of selectors
    {"selector":{"$not":1}} ~ "$not" takes a selector
    {"selector":{"a":{"$in":1}}} ~ "$in" takes an array
    {"selector":{"a":{"$nin":{}}}} ~ "$nin" takes an array
    {"selector":{"a":{"$all":"x"}}} ~ "$all" takes an array
    {"selector":{"a":{"$exists":1}}} ~ "$exists" takes true or false
    {"selector":{"a":{"$type":"int"}}} ~ "$type" takes one of
    {"selector":{"a":{"$size":-1}}} ~ "$size" takes an integer
    {"selector":{"a":{"$size":1.5}}} ~ "$size" takes an integer
    {"selector":{"a":{"$mod":[0,1]}}} ~ "$mod" takes an array of two integers
    {"selector":{"a":{"$mod":[2]}}} ~ "$mod" takes an array of two integers
    {"selector":{"a":{"$regex":1}}} ~ "$regex" takes a text
    {"selector":{"a":{"$beginsWith":1}}} ~ "$beginsWith" takes a text
    {"selector":{"a":{"$elemMatch":1}}} ~ "$elemMatch" takes a selector
    {"selector":{},"limit":-1} ~ "limit" must be an integer
    {"selector":{},"skip":"x"} ~ "skip" must be an integer
    {"selector":{},"fields":"a"} ~ "fields" must be an array
    {"selector":{},"fields":[1]} ~ "fields" must be an array
    {"selector":{},"sort":"a"} ~ "sort" must be an array
    {"selector":{},"sort":[{"a":"up"}]} ~ "sort" must be an array
    {"selector":{},"sort":[{"a":"asc"},{"b":"desc"}]} ~ of one direction
    {"selector":{},"use_index":1} ~ "use_index" must be
    {"selector":{},"bookmark":"zz"} ~ not one that a query returned
    {"selector":{},"selektor":{}} ~ "selektor" is not known
    {"selector":{"a":1} ~ comma or "}" is missing
    """#
