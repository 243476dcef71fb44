/**
 * Words that people use about programs: Chinese, a tab, then English words by how often they are meant. Written for this project.
 * A phrase of several English words is worth an entry of its own where its parts would mislead.
 */
export const DICTIONARY: string = `
读取	read load
读	read
写入	write
写	write
打开	open
关闭	close
保存	save store write
加载	load
下载	download
上传	upload
导入	import
导出	export
解析	parse
解压	decompress extract unzip
压缩	compress zip gzip
加密	encrypt
解密	decrypt
编码	encode
解码	decode
序列化	serialize dump
反序列化	deserialize load
发送	send
接收	receive recv
请求	request
响应	response
连接	connect connection
断开	disconnect close
数据库	database db
数据表	table
查询	query select
搜索	search find
查找	find search lookup
插入	insert
更新	update
修改	modify change update
删除	delete remove
移除	remove
清空	clear empty
创建	create make
新建	create new
生成	generate create
初始化	init initialize
构造	build construct
构建	build
获取	get fetch
取得	get
得到	get
设置	set
配置	config
检查	check
判断	check is
验证	validate verify check
校验	validate check verify
是否	is check
存在	exist
为空	empty none null
空	empty
转换	convert
转换为	convert to
转换成	convert to
转成	convert to
转为	convert to
转	convert to
变成	convert to
格式化	format
格式	format
打印	print
输出	output print
显示	show display
计算	calculate compute
统计	count statistics
计数	count
求和	sum
总和	sum total
平均值	mean average
平均	average mean
中位数	median
标准差	std standard deviation
方差	variance
最大值	max maximum
最大	max largest
最小值	min minimum
最小	min smallest
长度	length len
大小	size
数量	number count
个数	count number
排序	sort
排列	permutation
快速排序	quicksort quick sort
冒泡排序	bubble sort
归并排序	merge sort
二分查找	binary search
二分	binary
递归	recursive recursion
遍历	iterate traverse walk
循环	loop iterate
迭代	iterate iterator
迭代器	iterator
过滤	filter
筛选	filter select
去重	unique distinct duplicate
重复	duplicate
唯一	unique
合并	merge combine join
拼接	concat join concatenate
连接字符串	concat join
分割	split
拆分	split
切分	split
切片	slice
截取	substring slice truncate
截断	truncate
替换	replace
匹配	match
比较	compare
相等	equal
相同	same equal
反转	reverse
翻转	reverse flip
倒序	reverse
复制	copy
拷贝	copy
深拷贝	deepcopy deep copy clone
浅拷贝	shallow copy
移动	move
重命名	rename
添加	add append
追加	append
增加	add increase
减少	decrease
展平	flatten
扁平化	flatten
分组	group groupby
聚合	aggregate
映射	map mapping
随机	random
随机数	random number
采样	sample
打乱	shuffle
字符串	string str
字符	char character
文本	text
文字	text
单词	word
句子	sentence
数字	number digit numeric
整数	int integer
浮点数	float
小数	decimal float
布尔	bool boolean
字节	byte bytes
二进制	binary
十六进制	hex
十进制	decimal
数组	array
列表	list
元组	tuple
字典	dict dictionary
集合	set
队列	queue
栈	stack
堆	heap
链表	linked list
树	tree
二叉树	binary tree
图	graph
矩阵	matrix
向量	vector
对象	object
类	class
类型	type
实例	instance
方法	method function
函数	function
变量	variable
参数	argument parameter
属性	attribute property
字段	field
键	key
值	value
元素	element item
索引	index
下标	index
位置	position index
第一个	first
最后	last
最后一个	last
前	first
后	last
所有	all
全部	all
每个	each every
多个	multiple
两个	two
文件	file
文件夹	folder directory dir
目录	directory dir
路径	path
文件名	filename file name
扩展名	extension
后缀	suffix extension
前缀	prefix
行	line row
列	column
按行	line by line
逐行	line by line
行数	line count
换行	newline
空格	space whitespace
空白	whitespace
大写	uppercase upper
小写	lowercase lower
首字母	first letter capitalize
驼峰	camel case
下划线	underscore snake
图片	image picture
图像	image
像素	pixel
颜色	color
绘制	draw plot
画	draw plot
画图	plot draw
图表	chart plot
折线图	line chart plot
柱状图	bar chart
直方图	histogram
坐标	coordinate axis
坐标轴	axis axes
网页	web page html
页面	page
链接	link url
网址	url
网络	network
接口	interface api
服务器	server
客户端	client
端口	port
套接字	socket
线程	thread
多线程	multithread thread
线程池	thread pool
进程	process
多进程	multiprocess process
协程	coroutine async
异步	async
同步	sync
并发	concurrent
并行	parallel
锁	lock
等待	wait
休眠	sleep
延迟	delay
超时	timeout
重试	retry
定时	schedule timer
定时器	timer
时间	time
时间戳	timestamp
日期	date
日期时间	datetime
时区	timezone
年	year
月	month
天	day
小时	hour
分钟	minute
秒	second
毫秒	millisecond
当前	current now
今天	today
格林	utc
日志	log logging
异常	exception
错误	error
捕获	catch
抛出	raise throw
调试	debug
测试	test
断言	assert
执行	execute run
运行	run
调用	call invoke
启动	start
停止	stop
退出	exit quit
杀死	kill
命令	command
命令行	command line
环境变量	environment variable env
脚本	script
模块	module
包	package
安装	install
依赖	dependency
版本	version
缓存	cache
内存	memory
磁盘	disk
用户	user
密码	password
登录	login
权限	permission
令牌	token
会话	session
邮件	email mail
邮箱	email
消息	message
通知	notify notification
事件	event
回调	callback
监听	listen listener
订阅	subscribe
发布	publish
消息队列	message queue
正则表达式	regex regular expression
正则	regex
表达式	expression
哈希	hash
散列	hash
签名	sign signature
校验和	checksum
摘要	digest hash
单例	singleton
工厂	factory
代理	proxy
动态代理	dynamic proxy
装饰器	decorator
观察者	observer
模式	pattern mode
分页	page pagination
事务	transaction
表格	table sheet
工作表	worksheet sheet
单元格	cell
电子表格	excel spreadsheet
报表	report
模板	template
渲染	render
组件	component
按钮	button
窗口	window
弹窗	dialog popup
滚动	scroll
鼠标	mouse
键盘	keyboard
点击	click
输入	input
输入框	input
剪贴板	clipboard
屏幕	screen
距离	distance
角度	angle
弧度	radian
概率	probability
分布	distribution
归一化	normalize
标准化	standardize normalize
四舍五入	round
取整	round floor int
绝对值	absolute abs
平方根	sqrt square root
平方	square
幂	power
对数	log
阶乘	factorial
素数	prime
质数	prime
斐波那契	fibonacci
最大公约数	gcd
交集	intersection
并集	union
差集	difference
排除	exclude
包含	contain include
开头	start startswith begin
结尾	end endswith
开始	start begin
结束	end
范围	range
区间	interval range
限制	limit
阈值	threshold
默认	default
默认值	default value
临时	temp temporary
本地	local
远程	remote
两数之和	two sum
动态	dynamic
静态	static
抽象	abstract
继承	inherit
重写	override
泛型	generic
注解	annotation
反射	reflection reflect
流	stream
缓冲	buffer
管道	pipe
特征	feature
模型	model
训练	train
预测	predict
标签	label tag
权重	weight
梯度	gradient
损失	loss
聚类	cluster
回归	regression
分类	classify classification
数据	data
数据框	dataframe
数据集	dataset
缺失值	missing nan null
非	not non
不是	not
数	number
名称	name
名字	name
标识	id identifier
编号	id number
内容	content
信息	info information
状态	status state
结果	result
返回	return
列名	column name
变为	convert to
维度	dimension
维	dimension
一维	one dimension 1d
二维	two dimension 2d
子串	substring
子字符串	substring
出现次数	count occurrence frequency
次数	count times
频率	frequency
最常见	most common
逗号	comma
分隔	separate delimiter
引号	quote
括号	bracket parenthesis
字母	letter alphabet
中文	chinese
英文	english
网格	grid
节点	node
边	edge
深度	depth
高度	height
宽度	width
根	root
叶子	leaf
`;
